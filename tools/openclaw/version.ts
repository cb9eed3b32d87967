/** What is compared with; its table says so as well. */
export const OPENCLAW_VERSION = '2026.9.6'
