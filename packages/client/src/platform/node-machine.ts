/** Whether files have owners and modes here; Windows guards the user's directory by other means. */
export const HAS_FILE_MODES = process.platform !== 'win32'
