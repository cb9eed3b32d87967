/** As much of JSON Schema as the params of methods use. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

/** A schema as a TypeScript type, so that whoever uses the library needs no schema library to read it. */
export function describeSchema(schema: Schema): string {
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(describeSchema).join(' | ')
  const { type } = schema
  if (Array.isArray(type)) return type.map((each) => describeSchema({ ...schema, type: each })).join(' | ')
  switch (type) {
    case 'object':
      return describeObject(schema)
    case 'array':
      return `(${describeSchema(schema.items ?? {})})[]`
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
    case 'boolean':
    case 'null':
      return type
    case undefined:
      return 'unknown'
    default:
      throw new Error(
        `No TypeScript type is known for ${JSON.stringify(schema)}. Teach tools/client/describe-schema.ts.`,
      )
  }
}

function describeObject({ properties, patternProperties, required = [] }: Schema): string {
  const [values] = Object.values(patternProperties ?? {})
  if (values) return `{ [name: string]: ${describeSchema(values)} }`
  const fields = Object.entries(properties ?? {}).map(([name, schema]) => {
    return `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${describeSchema(schema)}`
  })
  return fields.length === 0 ? '{ [name: string]: never }' : `{ ${fields.join('; ')} }`
}
