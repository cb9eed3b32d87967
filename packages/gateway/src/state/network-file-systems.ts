/** `statfs` types of file systems whose locks or writes do not hold between machines. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
])

/** The name of a network file system by its `statfs` type; FUSE is not judged, it may be anything. */
export function networkFileSystem(type: number): string | undefined {
  // Some runtimes report the 32 bits as a signed number.
  return NETWORK.get(type >>> 0)
}
