import { type Static, Type } from 'typebox'

const closed = { additionalProperties: false }
const Text = Type.String({ minLength: 1 })

/** Client to server (protocol fact 2). */
export const RequestFrame = Type.Object(
  {
    type: Type.Literal('req'),
    id: Text,
    method: Text,
    params: Type.Optional(Type.Unknown()),
    traceparent: Type.Optional(Type.String({ maxLength: 128 })),
    expectedProfileId: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  },
  closed,
)
export type RequestFrame = Static<typeof RequestFrame>
