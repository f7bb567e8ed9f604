/**
 * What a cell looks like: a plain number, or what a spreadsheet makes of one. A spreadsheet turns 3-1 into 3-Jan, 1.3 into
 * a day of March, a long id into 1.2E+11, and writes 0,83 in half of Europe. Such cells are named, never turned back.
 */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|mai|okt|dez|mrz)";
const DATES: readonly RegExp[] = [
  new RegExp(`^\\d{1,2}[-. /]${MONTH}\\.?([-. /]\\d{2,4})?$`, "i"),
  new RegExp(`^${MONTH}\\.?[-. /]\\d{1,4}$`, "i"),
  /^\d{1,2}\/\d{1,2}\/\d{2,4}$/,
  /^\d{1,2}\.\d{1,2}\.(\d{2}|\d{4})$/,
  /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?$/,
];
const DECIMAL_COMMA = /^[+-]?\d*,\d+([eE][+-]?\d+)?$/;
const ROUNDED = /^\d[.,]\d+E\+\d{2,}$/;

/** The number a cell spells in plain decimal or scientific notation; null for all else. */
export function plainNumber(cell: string): number | null {
  return NUMBER.test(cell) ? Number(cell) : null;
}

export function isDecimalComma(cell: string): boolean {
  return DECIMAL_COMMA.test(cell);
}

/** 63.1%, or 63,1 %. */
export function isPercent(cell: string): boolean {
  return /^[+-]?\d*[.,]?\d+\s*%$/.test(cell);
}

/** 3-Jan, Jan-03, 1/3/2024, 2024-01-03. */
export function isDate(cell: string): boolean {
  return DATES.some((form) => form.test(cell));
}

/** A day counted from 1900 as spreadsheets store it, for 1954 to 2064. */
export function isDaySerial(cell: string): boolean {
  return /^\d{5}$/.test(cell) && Number(cell) >= 20_000 && Number(cell) <= 60_000;
}

/** 1.23457E+11: a long number of which the last digits are gone. */
export function isRoundedNumber(cell: string): boolean {
  return ROUNDED.test(cell);
}

/** Digits only. */
export function isWhole(cell: string): boolean {
  return /^\d+$/.test(cell);
}
