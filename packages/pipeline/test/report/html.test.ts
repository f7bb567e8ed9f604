import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeHtml, html, imageSource } from "../../src/report/html.ts";

describe("html", () => {
  it("escapes every value, and leaves only other markup as it is", () => {
    const bold = html`<b>${"a<b"}</b>`;
    expect(html`<p title="${'"x"'}">${bold}${["&", null, false, 3]}</p>`.markup).toBe(
      '<p title="&quot;x&quot;"><b>a&lt;b</b>&amp;3</p>',
    );
  });

  it("lets no text end an element, an attribute or a script", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."<>&;a =/\"'\u0000"), maxLength: 30 }),
        (text) => !/[<>"']|&(?!(amp|lt|gt|quot|#39);)/.test(escapeHtml(text)),
      ),
    );
  });

  it("refuses a number that is not finite instead of printing it", () => {
    expect(() => html`${Number.NaN}`).toThrow(TypeError);
    expect(() => html`${Number.POSITIVE_INFINITY}`).toThrow(/expected a finite number/);
  });

  it("replaces control characters, which have no place in a page", () => {
    expect(escapeHtml("a\u0000b\u001bc\td\n")).toBe("a\ufffdb\ufffdc\td\n");
  });
});

describe("imageSource", () => {
  it("takes pictures that lie inside the file", () => {
    expect(imageSource("data:image/png;base64,AAAA")).toBe("data:image/png;base64,AAAA");
  });

  it.each([
    "https://example.org/a.png",
    "data:text/html;base64,AAAA",
    "data:image/svg+xml;base64,AAAA",
    "file:///a.png",
    "",
  ])("refuses %j, which would leave the file or could run", (url) => {
    expect(() => imageSource(url)).toThrow(/expected a picture/);
  });
});
