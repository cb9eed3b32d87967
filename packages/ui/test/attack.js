/** What a script of the app gets when it reaches for what is the console's, or another app's. */
export async function attack(console) {
  const outcome = (work) => work.then(String, (error) => error.name)
  const opens = (url) =>
    new Promise((done) => {
      const socket = new WebSocket(url)
      socket.onopen = () => done('open')
      socket.onerror = () => done('refused')
    })
  const status = (path, init) => outcome(fetch(path, init).then((answer) => answer.status))
  const read = (url) => outcome(fetch(url, { credentials: 'include' }).then((answer) => answer.text()))
  const frame = document.createElement('iframe')
  frame.src = `${console}/__pairgate__/pair`
  const loaded = new Promise((done) => {
    frame.onload = done
    setTimeout(done, 3_000)
  })
  document.body.append(frame)
  await loaded
  const reachInto = (other) => {
    try {
      return other ? String(other.document.title) : 'blocked'
    } catch (error) {
      return error.name
    }
  }
  // biome-ignore lint/suspicious/noDocumentCookie: it is what such a script has.
  document.cookie = 'pairgate-state=evil; path=/'
  const { serviceWorker } = navigator
  const popup = window.open(`${console}/__pairgate__/pair`)
  // Until the page is there, it is an empty one of the app itself.
  await new Promise((done) => setTimeout(done, 1_500))
  return {
    keys: (await indexedDB.databases()).length,
    kept: localStorage.length + sessionStorage.length,
    cookies: document.cookie.replace('pairgate-state=evil', ''),
    framed: reachInto(frame.contentWindow),
    opened: reachInto(popup),
    page: await read(`${console}/__pairgate__/pair`),
    verify: await read(`${console}/__pairgate__/verify`),
    socket: await opens(`${console.replace('http', 'ws')}/`),
    ownSocket: await opens(`${location.origin.replace('http', 'ws')}/`),
    gatewayHere: await status('/__pairgate__/verify'),
    pageHere: await status('/__pairgate__/pair'),
    otherApp: await status('/other/'),
    itself: await status('/evil/again', { method: 'POST' }),
    worker: await outcome(serviceWorker.register('/evil/worker.js', { scope: '/' })),
    otherWorker: await outcome(serviceWorker.register('/other/worker.js', { scope: '/' })),
  }
}
