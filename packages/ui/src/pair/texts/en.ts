/** Every text of the pairing page. A test compares the keys and the places of values with the other languages. */
export const en = {
  'page.title': 'Pair this browser',
  'page.starting': 'Getting ready',
  'page.key.hidden': 'The key of this browser cannot be copied, not even by this page.',
  'page.key.plain.title': 'This connection is not encrypted',
  'page.key.plain.text':
    'On plain HTTP this browser cannot protect its key, and others on the network can read along. Use HTTPS where you can.',

  'choose.title': 'Pair this browser',
  'choose.title.app': 'Pair this browser to go on',
  'choose.intro': 'Enter the code that an operator gave you.',
  'choose.app': 'Then you go on to {host}.',
  'code.label': 'Code with 6 digits',
  'code.hint': 'A pairing link fits in here too.',
  'code.submit': 'Pair',
  'code.wait': 'Another try in {time}.',
  'ask.title': 'No code?',
  'ask.text': 'Ask for approval. An operator sees your request and lets you in; you wait here.',
  'ask.legend': 'What do you want to do?',
  'ask.read': 'View',
  'ask.write': 'View and work',
  'ask.admin': 'Administer the gateway',
  'ask.secret': 'Secret of the gateway',
  'ask.secret.hint': 'It is sent with your request and not kept.',
  'ask.submit': 'Ask for approval',

  'scope.title': 'One right is missing',
  'scope.text': '{host} asks for a right that this browser does not have:',
  'scope.submit': 'Ask for it',

  'leaving.title': 'Going on',
  'leaving.text': 'This browser is paired. {host} opens now.',

  'invited.title': 'Pair with this gateway?',
  'invited.text': 'You opened a pairing link. Go on only if you expected it from somebody you trust.',
  'invited.again': 'This browser is paired already. The link gives it what the link was made for.',
  'invited.submit': 'Pair this browser',
  'invited.cancel': 'Not now',

  'connecting.code': 'Checking the code',
  'connecting.link': 'Checking the link',
  'connecting.ask': 'Sending your request',
  'connecting.return': 'Connecting',
  'connecting.text': 'This takes a moment.',
  'away.title': 'The gateway does not answer',
  'away.text': 'This page tries again by itself. Leave it open, or check your network.',
  'away.stop': 'Stop trying',

  'waiting.title': 'Waiting for approval',
  'waiting.title.confirm': 'One more step',
  'waiting.text':
    'An operator sees your request now. As soon as it is approved, this page goes on by itself.',
  'waiting.text.confirm':
    'Tell the person who invited you these six words. When they are confirmed, this page goes on by itself.',
  'waiting.renew': 'The time of this browser has run out. It asked to have it extended.',
  'waiting.words': 'Six words of this browser',
  'waiting.compare': 'They must be the same on the screen of the operator.',
  'waiting.request': 'Request',
  'waiting.left': 'Time left',
  'waiting.how': 'How is it approved?',
  'waiting.how.text': 'In the console, or on the machine of the gateway:',
  'waiting.cancel': 'Stop waiting',
  'waiting.away': 'Your request is safe. This page tries again by itself.',

  'paired.title': 'This browser is paired',
  'paired.text': 'You can close this page, or come back at any time.',
  'paired.scopes': 'May',
  'paired.nothing': 'Nothing but connect',
  'paired.session': 'Session',
  'paired.session.every': 'All sessions',
  'paired.until': 'Until',
  'paired.console': 'Open the console',

  'scope.operator.admin': 'administer everything',
  'scope.operator.write': 'work',
  'scope.operator.read': 'view',
  'scope.operator.approvals': 'answer approvals',
  'scope.operator.questions': 'answer questions',
  'scope.operator.pairing': 'let devices in',
  'scope.operator.talk': 'talk',
  'scope.operator.talk.secrets': 'read secrets of talks',
  'scope.operator.sessions.read': 'read sessions',
  'scope.operator.sessions.write': 'change sessions',

  'problem.code-malformed.title': 'That is no code',
  'problem.code-malformed.text': 'A code has 6 digits, for example 482\u00a0913. A pairing link fits too.',
  'problem.code-wrong.title': 'This code is not valid',
  'problem.code-wrong.text':
    'It was mistyped, has run out after five minutes, or was used. Check the digits, or ask for a new code.',
  'problem.link-broken.title': 'The link is not complete',
  'problem.link-broken.text': 'Something is missing at its end. Copy all of it, or ask for a code.',
  'problem.link-elsewhere.title': 'The link is for another gateway',
  'problem.link-elsewhere.text':
    'Open it in the address bar if you trust where it leads, or enter a code of this gateway.',
  'problem.link-over.title': 'The link is not valid any more',
  'problem.link-over.text':
    'It has run out, was cancelled, or another device has used it. Ask for a new one.',
  'problem.rejected.title': 'The request was rejected',
  'problem.rejected.text':
    'An operator said no, or nobody answered in time. If that was a mistake, talk to the operator and ask again.',
  'problem.expired.title': 'Nobody has answered yet',
  'problem.expired.text':
    'This page has stopped waiting. Remind an operator, then ask again: what was approved meanwhile counts.',
  'problem.code-over.title': 'This browser was not confirmed',
  'problem.code-over.text': 'The inviter said no, or the invitation ran out first. Ask for a new one.',
  'problem.rate-limited.title': 'Too many tries',
  'problem.rate-limited.text':
    'For safety nobody can try codes from here for a while. A pairing link and asking for approval still work.',
  'problem.busy.title': 'Too many requests are open',
  'problem.busy.text': 'An operator has to decide some of them first. Try again in a moment, or use a code.',
  'problem.clock.title': 'The clocks do not agree',
  'problem.clock.text': 'The time of this device or of the gateway is wrong. Set the clock, then try again.',
  'problem.revoked.title': 'This browser was put out',
  'problem.revoked.text': 'An operator has revoked its access. If you should still be in, pair it again.',
  'problem.removed.title': 'This browser was removed',
  'problem.removed.text':
    'An operator has removed it from the gateway. If you should still be in, pair it again.',
  'problem.replaced.title': 'The access of this browser was replaced',
  'problem.replaced.text': 'Its old token opens nothing any more. Pair it again.',
  'problem.key-lost.title': 'This browser has lost its key',
  'problem.key-lost.text': 'Its data was deleted, so the gateway does not know it any more. Pair it again.',
  'problem.token-lost.title': 'This browser has lost its access',
  'problem.token-lost.text': 'Its token is gone or not valid any more. Pair it again.',
  'problem.origin.title': 'The gateway does not know this address',
  'problem.origin.text':
    'Open the page under the address that the gateway shows, or have {host} listed in gateway.controlUi.allowedOrigins.',
  'problem.secret-needed.title': 'Asking needs the secret of this gateway',
  'problem.secret-needed.text':
    'Enter it below if you know it. A code or a link needs none: ask an operator for one.',
  'problem.secret-wrong.title': 'This is not the secret of the gateway',
  'problem.secret-wrong.text':
    'Check each letter. After some wrong tries nobody can try from here for a while.',
  'problem.app-unknown.title': 'The way to the app is not known any more',
  'problem.app-unknown.text': 'This browser is paired. Open the app once more from its own address.',
  'problem.protocol.title': 'The gateway gave no proper answer',
  'problem.protocol.text':
    'Something else may stand in between, or this page is old. Reload it and try again.',
  'problem.storage.title': 'This browser keeps nothing for this page',
  'problem.storage.text':
    'A paired browser has to remember its key. Leave the private mode, or allow this page to store data, then reload.',
  'problem.unsupported.title': 'This browser is too old',
  'problem.unsupported.text':
    'Update it, or use a current Chrome, Edge, Firefox or Safari. Missing: {detail}.',
  'problem.unknown.title': 'That did not work',
  'problem.unknown.text': 'Try again. If it stays like this, show the operator this text: {detail}',
  'problem.again': 'Try again',
  'problem.reload': 'Reload',
} as const

export type TextKey = keyof typeof en
export type Texts = Readonly<Record<TextKey, string>>
