/** Moments as people read them; a day alone where the time says nothing. */
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const MOMENT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

export function writeMoment(iso: string): string {
  return iso.includes("T00:00:00") ? DAY.format(new Date(iso)) : MOMENT.format(new Date(iso));
}
