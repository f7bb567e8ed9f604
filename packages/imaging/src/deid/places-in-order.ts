/** Places of 32 bits that grow, as those of frames and restart intervals do; of a file above 4 GB they begin anew every 4 GB. No text does. */
export function areInOrder(places: readonly number[], size: number): boolean {
  let turns = 0;
  for (let i = 1; i < places.length; i++) if ((places[i] as number) <= (places[i - 1] as number)) turns++;
  return turns <= Math.floor(size / 2 ** 32) && places.every((place) => place < size);
}
