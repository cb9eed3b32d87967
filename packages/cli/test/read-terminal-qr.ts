import decodeQR from 'qr/decode.js'

const PIXELS = 4
const ESCAPE = '\u001b['
/** Of a dark terminal that shows no colours. */
const PLAIN = { fore: 255, back: 0 }
const DARK_ON_LIGHT = { fore: 0, back: 255 }
const HALVES: Readonly<Record<string, readonly [boolean, boolean]>> = {
  ' ': [false, false],
  '▀': [true, false],
  '▄': [false, true],
  '█': [true, true],
}

/** What a camera reads from the half blocks of a terminal; throws when it finds no QR code. */
export function readTerminalQr(text: string): string {
  const rows = text.split('\n').flatMap(paintLine)
  const width = Math.max(...rows.map((row) => row.length))
  const height = rows.length * PIXELS
  const data = new Uint8Array(width * PIXELS * height * 4)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width * PIXELS; x += 1) {
      const light = rows[Math.floor(y / PIXELS)]?.[Math.floor(x / PIXELS)] ?? PLAIN.back
      data.set([light, light, light, 255], (y * width * PIXELS + x) * 4)
    }
  }
  return decodeQR({ width: width * PIXELS, height, data })
}

/** The QR code among other lines of an output: those that hold nothing but half blocks and colours. */
export function cutTerminalQr(output: string): string {
  const lines = output.split(/\r?\n/)
  const bare = (line: string) => line.replaceAll(/\u001b\[[\d;]*m/g, '')
  const isQr = (line: string) => [...bare(line)].length >= 29 && /^[ ▀▄█]+$/.test(bare(line))
  return lines.filter(isQr).join('\n')
}

function paintLine(line: string): [number[], number[]] {
  const upper: number[] = []
  const lower: number[] = []
  let colours = PLAIN
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    if (part.startsWith(ESCAPE)) colours = part === `${ESCAPE}0m` ? PLAIN : DARK_ON_LIGHT
    else {
      for (const letter of part) {
        const [above, below] = HALVES[letter] ?? [false, false]
        upper.push(above ? colours.fore : colours.back)
        lower.push(below ? colours.fore : colours.back)
      }
    }
  }
  return [upper, lower]
}
