import { useEffect } from 'preact/hooks'
import { consoleUrl, isWanted } from './console-url.ts'
import type { Say } from './texts/catalogue.ts'

/** The way on to the console; who came from there goes back by itself. */
export function GoOn({ say }: { readonly say: Say }) {
  const url = consoleUrl(location.search)
  useEffect(() => {
    if (isWanted(location.search)) location.replace(url)
  }, [url])
  return (
    <a class="button button-main" href={url}>
      {say('paired.console')}
    </a>
  )
}
