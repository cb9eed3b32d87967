/** Keys that may stand somewhere: by name, or `*` for a name that is chosen freely; a leaf holds values. */
export interface Keys {
  readonly [key: string]: Keys | 'value'
}

const TLS: Keys = {
  options: 'value',
  certResolver: 'value',
  domains: 'value',
}

/** Of the static configuration, as Traefik v3's reference has them; parts that we do not use are left out. */
export const STATIC_KEYS: Keys = {
  entryPoints: {
    '*': {
      address: 'value',
      allowACMEByPass: 'value',
      reusePort: 'value',
      asDefault: 'value',
      transport: 'value',
      proxyProtocol: { insecure: 'value', trustedIPs: 'value' },
      forwardedHeaders: { insecure: 'value', trustedIPs: 'value', connection: 'value' },
      http: { redirections: 'value', middlewares: 'value', tls: TLS, sanitizePath: 'value' },
      http2: 'value',
      http3: 'value',
      observability: 'value',
    },
  },
  providers: { file: { directory: 'value', filename: 'value', watch: 'value' } },
}

/** Of a file of the file provider; Traefik takes none of a file that holds a key which it does not know. */
export const DYNAMIC_KEYS: Keys = {
  http: {
    routers: {
      '*': {
        entryPoints: 'value',
        middlewares: 'value',
        service: 'value',
        rule: 'value',
        ruleSyntax: 'value',
        priority: 'value',
        tls: TLS,
        observability: 'value',
      },
    },
    middlewares: {
      '*': {
        headers: { customRequestHeaders: { '*': 'value' }, customResponseHeaders: { '*': 'value' } },
        forwardAuth: {
          // Those that every version 3 knows; a newer one would stop an older Traefik.
          address: 'value',
          tls: 'value',
          trustForwardHeader: 'value',
          authResponseHeaders: 'value',
          authResponseHeadersRegex: 'value',
          authRequestHeaders: 'value',
          addAuthCookiesToResponse: 'value',
        },
      },
    },
    services: {
      '*': {
        loadBalancer: {
          servers: 'value',
          passHostHeader: 'value',
          responseForwarding: 'value',
          serversTransport: 'value',
          healthCheck: 'value',
          sticky: 'value',
        },
      },
    },
  },
  tls: { certificates: 'value', options: 'value', stores: 'value' },
}

/** The paths of what stands where nothing of that name may stand. */
export function strangeKeys(found: unknown, allowed: Keys | 'value', path = ''): readonly string[] {
  if (allowed === 'value') return []
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return [path]
  return Object.entries(found).flatMap(([key, value]) => {
    const below = allowed[key] ?? allowed['*']
    return below === undefined ? [`${path}/${key}`] : strangeKeys(value, below, `${path}/${key}`)
  })
}
