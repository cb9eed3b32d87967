interface BrandedNavigator {
  readonly userAgent: string
  readonly userAgentData?: {
    readonly platform: string
    readonly brands: readonly { readonly brand: string }[]
  }
}

/** In this order: several of these words stand in the name of one browser. */
const BROWSERS: readonly (readonly [string, RegExp])[] = [
  ['Edge', /Edg(?:e|A|iOS)?\//],
  ['Opera', /OPR\//],
  ['Samsung Internet', /SamsungBrowser\//],
  ['Firefox', /(?:Firefox|FxiOS)\//],
  ['Chrome', /(?:Chrome|CriOS)\//],
  ['Safari', /Safari\//],
]
const PLATFORMS: readonly (readonly [string, RegExp])[] = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['Mac', /Mac OS X|Macintosh/],
  ['Linux', /Linux|X11/],
]

/** `Chrome on Android`: what an operator reads who is asked whether to let this browser in. */
export function browserName({ userAgent, userAgentData }: BrandedNavigator): string {
  const browser = BROWSERS.find(([, look]) => look.test(userAgent))?.[0] ?? 'Browser'
  const platform = userAgentData?.platform || PLATFORMS.find(([, look]) => look.test(userAgent))?.[0]
  return platform === undefined ? browser : `${browser} on ${platform}`
}
