/** Small helpers to find and make elements. */

/** The element of this id, which the page has. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return found(document.getElementById(id), `#${id}`) as T
}

/** The first match within an element, which is there. */
export function within<T extends HTMLElement = HTMLElement>(root: ParentNode, selector: string): T {
  return found(root.querySelector(selector), selector) as T
}

/** A new element with its text and attributes. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text = '',
  attributes: Record<string, string> = {},
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name)
  element.textContent = text
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}

/** Set a text only if it is another: a live region says each change aloud. */
export function tell(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

function found(element: Element | null, what: string): Element {
  if (!element) throw new Error(`the page has no ${what}`)
  return element
}
