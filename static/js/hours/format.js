// Hours as people type them in France, read exactly as lib/hours.py reads them (tests/static/test_hours_format.py compares
// both), in hundredths of an hour: whole numbers add up without error.

const NNBSP = "\u202f";
const MINUS = "\u2212";
const MONTH_MAXIMUM = 74400n;
const LONGEST_TEXT = 40;

const CLOCK = /^([-\u2212]?\s*[0-9][0-9\s]*?)\s*(?:[hH:]|heures?)\s*([0-9]{1,2})\s*(?:min|mn|m)?\.?$/;
const UNIT = /\s*(?:h|H|heures?)\.?$/;
const NUMBER = /^([-\u2212]?)\s*([0-9]{1,3}(?:\s[0-9]{3})+|[0-9]+)(?:[.,]([0-9]+))?$/;

/** « 151,67 » → {hours: 15167}; « » → {hours: null}; « 12h75 » → {error: sentence}. */
export function parseHours(text) {
  const stripped = text.trim();
  if (!stripped) return { hours: null };
  if (stripped.length > LONGEST_TEXT) return { error: notHours(text) };
  const clock = CLOCK.exec(stripped);
  const read = clock ? fromClock(text, clock[1], clock[2]) : fromDecimal(text, stripped);
  if (read.error) return read;
  const shown = `${sayHours(read.value)}${NNBSP}h`;
  if (read.value < 0n) return { error: `${shown} est négatif. Indiquez 0 ou plus.` };
  if (read.value > MONTH_MAXIMUM) return { error: `${shown} dépasse le maximum, 744${NNBSP}h.` };
  return { hours: Number(read.value) };
}

/** A figure printed in French → a number, null where there is none (« – », « n. c. »). */
export function parseNumber(text) {
  const match = NUMBER.exec(text.trim());
  return match && Number(`${match[1] && "-"}${match[2].replace(/\s/g, "")}.${match[3] ?? 0}`);
}

/** « 1024.50 » of a data attribute or of JSON → 102450; "" → null. */
export function hundredths(plain) {
  if (plain === undefined || plain === null || plain === "") return null;
  const match = /^(-?)(\d+)(?:\.(\d{1,2})\d*)?$/.exec(String(plain));
  if (!match) throw new Error(`not a decimal: ${plain}`);
  const value = Number(match[2]) * 100 + Number((match[3] ?? "").padEnd(2, "0"));
  return match[1] ? -value : value;
}

/** 102450 → « 1 024,50 »; null → "". */
export function showHours(value) {
  if (value === null) return "";
  const digits = String(value).replace("-", "").padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, NNBSP);
  return `${value < 0 ? MINUS : ""}${whole},${digits.slice(-2)}`;
}

/** 102450 → « 1 024,5 », for a sentence. */
export function sayHours(value) {
  return showHours(value).replace(/,?0+$/, "");
}

function fromDecimal(text, stripped) {
  const match = NUMBER.exec(stripped.replace(UNIT, "").trim());
  if (!match) return { error: notHours(text) };
  const decimals = match[3] ?? "";
  if (/[1-9]/.test(decimals.slice(2))) return { error: `${quote(text)} a trop de décimales${NNBSP}: deux au plus.` };
  const value = BigInt(match[2].replace(/\s/g, "") + decimals.slice(0, 2).padEnd(2, "0"));
  return { value: match[1] ? -value : value };
}

function fromClock(text, whole, minutes) {
  const match = NUMBER.exec(whole.trim());
  if (!match) return { error: notHours(text) };
  const hours = BigInt(match[2].replace(/\s/g, ""));
  const shown = `${match[1] && hours ? MINUS : ""}${thousands(hours)}`;
  if (minutes.length === 1) return { error: notHours(text, `${shown}h0${minutes} ou ${shown},${minutes}`) };
  const count = Number(minutes);
  if (count > 59) {
    const clock = `${shown}h${String(Math.floor((count * 6 + 5) / 10)).padStart(2, "0")}`;
    return { error: notHours(text, `${shown},${minutes} ou ${clock}`) };
  }
  const value = hours * 100n + BigInt(Math.floor((count * 10 + 3) / 6));
  return { value: match[1] ? -value : value };
}

function thousands(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, NNBSP);
}

function notHours(text, advice = "12,75 ou 12h45") {
  return `${quote(text)} n'est pas une durée. Écrivez ${advice}.`;
}

function quote(text) {
  const clean = text.split(/\s+/).filter(Boolean).join(" ");
  return clean.length > LONGEST_TEXT ? `«\u202f${clean.slice(0, LONGEST_TEXT)}…\u202f»` : `«\u202f${clean}\u202f»`;
}
