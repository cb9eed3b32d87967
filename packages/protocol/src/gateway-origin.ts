/** Where a gateway is dialled. */
export interface GatewayPlace {
  readonly secure: boolean
  /** Name or address; an IPv6 address without its brackets, in its shortest spelling. */
  readonly host: string
  /** Left out: the default of the scheme. */
  readonly port?: number | undefined
}

/**
 * The origin of a WebSocket address as URL parsers write it: lower case, IPv6 in brackets, the default port
 * left out. Devices sign it and name their stored tokens by it.
 */
export function gatewayOrigin({ secure, host, port }: GatewayPlace): string {
  const name = host.includes(':') ? `[${host}]` : host
  const isDefault = port === undefined || port === (secure ? 443 : 80)
  return `${secure ? 'wss' : 'ws'}://${name.toLowerCase()}${isDefault ? '' : `:${port}`}`
}
