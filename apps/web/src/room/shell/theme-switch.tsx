/** Light, dark, or as the system has it. The choice stands before the first picture: see public/first.js. */
import { type ReactNode, useState } from "react";
import { keep, kept } from "./kept.ts";

const CHOICES = ["system", "light", "dark"] as const;
type Theme = (typeof CHOICES)[number];

const themeOf = (word: string | null): Theme => CHOICES.find((choice) => choice === word) ?? "system";

export function ThemeSwitch(): ReactNode {
  const [theme, setTheme] = useState<Theme>(() => themeOf(kept("theme")));
  const choose = (next: Theme): void => {
    keep("theme", next === "system" ? null : next);
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    setTheme(next);
  };
  return (
    <select
      className="input bar-select"
      aria-label="Theme"
      value={theme}
      onChange={(event) => choose(themeOf(event.target.value))}
    >
      {CHOICES.map((choice) => (
        <option key={choice} value={choice}>
          Theme: {choice}
        </option>
      ))}
    </select>
  );
}
