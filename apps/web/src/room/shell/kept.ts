/** What this browser remembers of a person's choices. Storage may be forbidden: then nothing is remembered. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`nacre.${name}`);
  } catch {
    return null;
  }
}

/** Null forgets. */
export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`nacre.${name}`);
    else localStorage.setItem(`nacre.${name}`, value);
  } catch {
    // Not remembered: the choice holds until the page is left.
  }
}
