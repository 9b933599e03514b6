package dev.tenon.report;

/** How far text stands out from what is behind it, as WCAG 2 measures it. */
final class Contrast {
  /** An expression: the least ratio of all text of a page; 4.5 is wanted. */
  static final String LEAST =
      """
      (() => {
        const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const parsed = colour => {
          pen.clearRect(0, 0, 1, 1);
          pen.fillStyle = colour;
          pen.fillRect(0, 0, 1, 1);
          return [...pen.getImageData(0, 0, 1, 1).data];
        };
        const light = ([r, g, b]) => [r, g, b].map(it => it / 255)
            .map(it => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4)
            .reduce((sum, it, i) => sum + it * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = element => {
          for (let it = element; it; it = it.parentElement) {
            const colour = parsed(getComputedStyle(it).backgroundColor);
            if (colour[3] === 255) {
              return colour;
            }
          }
          return [255, 255, 255];
        };
        let least = 21;
        for (const element of document.querySelectorAll('body *')) {
          const own = [...element.childNodes].some(it => it.nodeType === 3 && it.data.trim());
          if (own && element.getClientRects().length > 0) {
            const [a, b] = [light(parsed(getComputedStyle(element).color)), light(ground(element))];
            least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
          }
        }
        return least;
      })()""";

  private Contrast() {}
}
