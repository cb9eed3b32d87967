import { useEffect, useState } from 'preact/hooks'
import { type Route, readRoute } from './read-route.ts'

export function useRoute(): Route {
  const [route, setRoute] = useState(() => readRoute(location.hash))
  useEffect(() => {
    const look = (): void => setRoute(readRoute(location.hash))
    addEventListener('hashchange', look)
    return () => removeEventListener('hashchange', look)
  }, [])
  return route
}
