/** The element of the page with this id. @throws TypeError where the page has none of that class: page and script do not fit */
export function element<T extends Element>(id: string, type: abstract new () => T): T {
  const found: Element | null = document.getElementById(id);
  if (found instanceof type) return found;
  throw new TypeError(`expected a ${type.name} with the id ${id}, received ${found}; build the page again`);
}
