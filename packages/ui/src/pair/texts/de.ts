import type { Texts } from './en.ts'

export const de: Texts = {
  'page.title': 'Diesen Browser koppeln',
  'page.starting': 'Einen Moment',
  'page.key.hidden': 'Der Schlüssel dieses Browsers lässt sich nicht kopieren, auch nicht von dieser Seite.',
  'page.key.plain.title': 'Diese Verbindung ist nicht verschlüsselt',
  'page.key.plain.text':
    'Über einfaches HTTP kann der Browser seinen Schlüssel nicht schützen, und andere im Netz können mitlesen. Verwenden Sie wenn möglich HTTPS.',

  'choose.title': 'Diesen Browser koppeln',
  'choose.title.app': 'Browser koppeln, dann geht es weiter',
  'choose.intro': 'Geben Sie den Code ein, den Sie bekommen haben.',
  'choose.app': 'Danach geht es weiter zu {host}.',
  'code.label': 'Code mit 6 Ziffern',
  'code.hint': 'Auch ein Kopplungslink passt hier hinein.',
  'code.submit': 'Koppeln',
  'code.wait': 'Nächster Versuch in {time}.',
  'ask.title': 'Kein Code?',
  'ask.text':
    'Bitten Sie um Freigabe. Wer dieses Gateway betreut, sieht Ihre Anfrage und lässt Sie ein; Sie warten hier.',
  'ask.legend': 'Was möchten Sie tun?',
  'ask.read': 'Ansehen',
  'ask.write': 'Ansehen und arbeiten',
  'ask.admin': 'Das Gateway verwalten',
  'ask.secret': 'Geheimnis des Gateways',
  'ask.secret.hint': 'Es wird mit Ihrer Anfrage gesendet und nicht gespeichert.',
  'ask.submit': 'Um Freigabe bitten',

  'scope.title': 'Ein Recht fehlt noch',
  'scope.text': '{host} verlangt ein Recht, das dieser Browser nicht hat:',
  'scope.submit': 'Darum bitten',

  'leaving.title': 'Es geht weiter',
  'leaving.text': 'Dieser Browser ist gekoppelt. {host} wird geöffnet.',

  'invited.title': 'Mit diesem Gateway koppeln?',
  'invited.text':
    'Sie haben einen Kopplungslink geöffnet. Weiter nur, wenn Sie ihn von jemandem erwartet haben, dem Sie vertrauen.',
  'invited.again': 'Dieser Browser ist schon gekoppelt. Der Link gibt ihm, wofür der Link gemacht wurde.',
  'invited.submit': 'Diesen Browser koppeln',
  'invited.cancel': 'Jetzt nicht',

  'connecting.code': 'Der Code wird geprüft',
  'connecting.link': 'Der Link wird geprüft',
  'connecting.ask': 'Ihre Anfrage wird gesendet',
  'connecting.return': 'Verbindung wird hergestellt',
  'connecting.text': 'Das dauert nur einen Moment.',
  'away.title': 'Das Gateway antwortet nicht',
  'away.text': 'Die Seite versucht es von selbst weiter. Lassen Sie sie offen oder prüfen Sie Ihr Netz.',
  'away.stop': 'Nicht weiter versuchen',

  'waiting.title': 'Warten auf Freigabe',
  'waiting.title.confirm': 'Noch ein Schritt',
  'waiting.text': 'Ihre Anfrage liegt jetzt vor. Sobald sie freigegeben ist, geht es hier von selbst weiter.',
  'waiting.text.confirm':
    'Sagen Sie der Person, die Sie eingeladen hat, diese sechs Wörter. Sind sie bestätigt, geht es hier von selbst weiter.',
  'waiting.renew': 'Die Zeit dieses Browsers ist abgelaufen. Er hat um Verlängerung gebeten.',
  'waiting.words': 'Sechs Wörter dieses Browsers',
  'waiting.compare': 'Auf dem anderen Bildschirm müssen dieselben stehen.',
  'waiting.request': 'Anfrage',
  'waiting.left': 'Verbleibende Zeit',
  'waiting.how': 'Wie wird freigegeben?',
  'waiting.how.text': 'In der Konsole, oder auf dem Rechner des Gateways:',
  'waiting.cancel': 'Nicht länger warten',
  'waiting.away': 'Ihre Anfrage ist sicher. Die Seite versucht es von selbst weiter.',

  'paired.title': 'Dieser Browser ist gekoppelt',
  'paired.text': 'Sie können diese Seite schließen und jederzeit wiederkommen.',
  'paired.scopes': 'Darf',
  'paired.nothing': 'Nur verbinden',
  'paired.session': 'Sitzung',
  'paired.session.every': 'Alle Sitzungen',
  'paired.until': 'Bis',
  'paired.console': 'Konsole öffnen',

  'scope.operator.admin': 'alles verwalten',
  'scope.operator.write': 'arbeiten',
  'scope.operator.read': 'ansehen',
  'scope.operator.approvals': 'Freigaben beantworten',
  'scope.operator.questions': 'Fragen beantworten',
  'scope.operator.pairing': 'Geräte einlassen',
  'scope.operator.talk': 'sprechen',
  'scope.operator.talk.secrets': 'Geheimnisse von Gesprächen lesen',
  'scope.operator.sessions.read': 'Sitzungen lesen',
  'scope.operator.sessions.write': 'Sitzungen ändern',

  'problem.code-malformed.title': 'Das ist kein Code',
  'problem.code-malformed.text':
    'Ein Code hat 6 Ziffern, zum Beispiel 482\u00a0913. Auch ein Kopplungslink passt.',
  'problem.code-wrong.title': 'Dieser Code gilt nicht',
  'problem.code-wrong.text':
    'Er wurde falsch eingegeben, ist nach fünf Minuten abgelaufen oder wurde schon benutzt. Prüfen Sie die Ziffern, oder bitten Sie um einen neuen Code.',
  'problem.link-broken.title': 'Der Link ist nicht vollständig',
  'problem.link-broken.text': 'Am Ende fehlt etwas. Kopieren Sie ihn ganz, oder bitten Sie um einen Code.',
  'problem.link-elsewhere.title': 'Der Link gehört zu einem anderen Gateway',
  'problem.link-elsewhere.text':
    'Öffnen Sie ihn in der Adressleiste, wenn Sie dem Ziel vertrauen, oder geben Sie einen Code dieses Gateways ein.',
  'problem.link-over.title': 'Der Link gilt nicht mehr',
  'problem.link-over.text':
    'Er ist abgelaufen, wurde zurückgezogen oder von einem anderen Gerät benutzt. Bitten Sie um einen neuen.',
  'problem.rejected.title': 'Die Anfrage wurde abgelehnt',
  'problem.rejected.text':
    'Jemand hat Nein gesagt, oder es hat niemand rechtzeitig geantwortet. War das ein Irrtum, sprechen Sie miteinander und fragen Sie noch einmal.',
  'problem.expired.title': 'Noch hat niemand geantwortet',
  'problem.expired.text':
    'Diese Seite wartet nicht mehr. Erinnern Sie jemanden und fragen Sie noch einmal: Was inzwischen freigegeben wurde, gilt.',
  'problem.code-over.title': 'Dieser Browser wurde nicht bestätigt',
  'problem.code-over.text':
    'Es wurde Nein gesagt, oder die Einladung ist vorher abgelaufen. Bitten Sie um eine neue.',
  'problem.rate-limited.title': 'Zu viele Versuche',
  'problem.rate-limited.text':
    'Zur Sicherheit kann von hier eine Weile niemand Codes probieren. Ein Kopplungslink und die Bitte um Freigabe gehen weiterhin.',
  'problem.busy.title': 'Es sind zu viele Anfragen offen',
  'problem.busy.text':
    'Erst muss über einige entschieden werden. Versuchen Sie es gleich noch einmal, oder mit einem Code.',
  'problem.clock.title': 'Die Uhren stimmen nicht überein',
  'problem.clock.text':
    'Die Zeit dieses Geräts oder des Gateways ist falsch. Stellen Sie die Uhr und versuchen Sie es noch einmal.',
  'problem.revoked.title': 'Dieser Browser wurde ausgesperrt',
  'problem.revoked.text': 'Sein Zugang wurde widerrufen. Sollen Sie weiterhin hinein, koppeln Sie ihn neu.',
  'problem.removed.title': 'Dieser Browser wurde entfernt',
  'problem.removed.text':
    'Er wurde aus dem Gateway gelöscht. Sollen Sie weiterhin hinein, koppeln Sie ihn neu.',
  'problem.replaced.title': 'Der Zugang dieses Browsers wurde ersetzt',
  'problem.replaced.text': 'Sein altes Token öffnet nichts mehr. Koppeln Sie ihn neu.',
  'problem.key-lost.title': 'Dieser Browser hat seinen Schlüssel verloren',
  'problem.key-lost.text':
    'Seine Daten wurden gelöscht, daher kennt ihn das Gateway nicht mehr. Koppeln Sie ihn neu.',
  'problem.token-lost.title': 'Dieser Browser hat seinen Zugang verloren',
  'problem.token-lost.text': 'Sein Token fehlt oder gilt nicht mehr. Koppeln Sie ihn neu.',
  'problem.origin.title': 'Das Gateway kennt diese Adresse nicht',
  'problem.origin.text':
    'Öffnen Sie die Seite unter der Adresse, die das Gateway nennt, oder lassen Sie {host} in gateway.controlUi.allowedOrigins eintragen.',
  'problem.secret-needed.title': 'Zum Fragen braucht es das Geheimnis dieses Gateways',
  'problem.secret-needed.text':
    'Geben Sie es unten ein, wenn Sie es kennen. Mit einem Code oder Link geht es ohne: Fragen Sie jemanden, der das Gateway betreut.',
  'problem.secret-wrong.title': 'Das ist nicht das Geheimnis des Gateways',
  'problem.secret-wrong.text':
    'Prüfen Sie jeden Buchstaben. Nach einigen falschen Versuchen kann es von hier aus eine Weile niemand mehr versuchen.',
  'problem.app-unknown.title': 'Der Weg zur App ist nicht mehr bekannt',
  'problem.app-unknown.text':
    'Dieser Browser ist gekoppelt. Öffnen Sie die App noch einmal unter ihrer eigenen Adresse.',
  'problem.protocol.title': 'Das Gateway hat nicht richtig geantwortet',
  'problem.protocol.text': 'Vielleicht steht etwas dazwischen, oder diese Seite ist alt. Laden Sie sie neu.',
  'problem.storage.title': 'Dieser Browser merkt sich nichts für diese Seite',
  'problem.storage.text':
    'Ein gekoppelter Browser muss seinen Schlüssel behalten. Verlassen Sie den privaten Modus oder erlauben Sie das Speichern, dann laden Sie neu.',
  'problem.unsupported.title': 'Dieser Browser ist zu alt',
  'problem.unsupported.text':
    'Aktualisieren Sie ihn, oder nehmen Sie ein aktuelles Chrome, Edge, Firefox oder Safari. Es fehlt: {detail}.',
  'problem.unknown.title': 'Das hat nicht geklappt',
  'problem.unknown.text': 'Versuchen Sie es noch einmal. Bleibt es so, zeigen Sie diesen Text: {detail}',
  'problem.again': 'Noch einmal versuchen',
  'problem.reload': 'Neu laden',
}
