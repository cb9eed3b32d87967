/** What the guard looks for when a place is gone: a part of the page that has a name. */
const NAMED = 'main, section, article, form, dialog, fieldset'

/**
 * Keeps the keyboard in its place when what had it goes away: a row that was decided meanwhile, a button that
 * has done its work. Browsers would begin at the top of the page again, and a screen reader would be nowhere.
 */
export function keepFocus(root: HTMLElement): () => void {
  let goBack = (): void => {}
  const note = ({ target }: FocusEvent): void => {
    if (target instanceof HTMLElement) goBack = rememberPlace(target)
  }
  const observer = new MutationObserver(() => {
    if (document.activeElement === document.body) goBack()
  })
  root.addEventListener('focusin', note)
  observer.observe(root, { childList: true, subtree: true })
  return () => {
    root.removeEventListener('focusin', note)
    observer.disconnect()
  }
}

/** @returns what brings the keyboard back there, or as near as something is left, if it is gone. */
export function rememberPlace(element: HTMLElement): () => void {
  const steps: { readonly parent: Element; readonly at: number }[] = []
  for (let each: Element = element; each.parentElement; each = each.parentElement)
    steps.push({ parent: each.parentElement, at: [...each.parentElement.children].indexOf(each) })
  return () => {
    // Where it still is, its reader has left it.
    if (element.isConnected) return
    const left = steps.find(({ parent }) => parent.isConnected)
    if (left) enter(nearest(left.parent, left.at))
  }
}

/** The row that came into the place of a row; else the part of the page around it, or the title of it all. */
function nearest(parent: Element, at: number): Element | null {
  const isList = parent.matches('ul, ol')
  const row = isList ? parent.children[Math.min(at, parent.children.length - 1)] : undefined
  const part = row ?? parent.closest(NAMED)
  return part?.matches('main') ? (part.querySelector('h1') ?? part) : (part ?? null)
}

function enter(place: Element | null): void {
  if (!(place instanceof HTMLElement)) return
  if (!place.matches('a, button, input, select, [tabindex]')) place.tabIndex = -1
  place.focus({ preventScroll: place.tagName !== 'H1' })
}
