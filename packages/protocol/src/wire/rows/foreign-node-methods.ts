/**
 * What nodes of OpenClaw tell their gateway of themselves, some of it every minute. None of it is served
 * here; they must hear that in words that they take as "not here", for a refused role they ask again.
 */
export const FOREIGN_NODE_METHODS: ReadonlySet<string> = new Set([
  'node.event',
  'node.invoke.progress',
  'node.invoke.result',
  'node.pending.ack',
  'node.pending.drain',
  'node.pending.pull',
  'node.pluginSurface.refresh',
  'node.pluginTools.update',
  'node.runnerInventory.update',
  'node.skills.update',
  'skills.bins',
])
