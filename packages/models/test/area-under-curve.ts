/** Area under the receiver operating curve by counting pairs, ties as half. For small tests only. */
export function areaUnderCurve(scores: readonly { readonly score: number; readonly label: number }[]): number {
  const [no, yes] = [scores.filter((s) => s.label === 0), scores.filter((s) => s.label === 1)];
  let wins = 0;
  for (const a of yes) for (const b of no) wins += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0;
  return wins / (yes.length * no.length);
}
