export { type AppVisit, appTicket, readAppVisit } from './app-visit.ts'
export { type BrowserKeyOptions, loadOrCreateBrowserKey } from './browser/browser-device-key.ts'
export { createBrowserTokenStore } from './browser/browser-token-store.ts'
export * from './everywhere.ts'
