/** What `hello-ok`, `status` and `--version` say. Held equal to the manifests by a test. */
export const VERSION = '0.1.0'
