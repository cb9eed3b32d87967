/** Six words that two people compare; a screen reader says them as a list of six. */
export function Words({ fingerprint, label }: { readonly fingerprint: string; readonly label: string }) {
  return (
    <ol class="words" aria-label={label} lang="en" translate={false}>
      {fingerprint.split(' ').map((word, at) => (
        // A word may stand there twice.
        <li key={at}>{word}</li>
      ))}
    </ol>
  )
}
