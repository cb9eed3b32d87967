/**
 * Every page: where it is served below `/__pairgate__/` (`console` there itself), and what it is made of, in
 * `src`.
 */
export const PAGES = [
  {
    name: 'console',
    path: 'console',
    entry: 'console/main.tsx',
    styles: [
      'styles/tokens.css',
      'styles/base.css',
      'styles/components.css',
      'styles/gate.css',
      'console/frame.css',
      'console/console.css',
      'console/devices.css',
      'console/log.css',
    ],
  },
  {
    name: 'pair',
    path: 'pair',
    entry: 'pair/main.tsx',
    styles: [
      'styles/tokens.css',
      'styles/base.css',
      'styles/components.css',
      'styles/gate.css',
      'pair/pair.css',
    ],
  },
]

/** What every page begins with. */
export const HTML = 'page.html'
export const ICON = 'icon.svg'
/** In pixels; the first is also what a phone puts on its home screen. */
export const ICON_SIZES = [192, 512]

/** What makes the pages installable, where TLS or localhost allows it. */
export const MANIFEST = {
  path: 'manifest.webmanifest',
  type: 'application/manifest+json',
  of: (icon, painted) => ({
    name: 'Pairgate',
    short_name: 'Pairgate',
    id: './',
    start_url: 'pair',
    scope: './',
    display: 'standalone',
    background_color: '#f4f1ea',
    theme_color: '#f4f1ea',
    icons: [
      { src: icon, sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
      ...painted.map(({ size, path }) => ({
        src: path,
        sizes: `${size}x${size}`,
        type: 'image/png',
        purpose: 'any maskable',
      })),
    ],
  }),
}
