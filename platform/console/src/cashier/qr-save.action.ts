const SAVED_SIZE = 720
/** Readers want four modules of white around a code; the server's image may be cut to the edge. */
const MARGIN = 48

/**
 * Saves the code as a PNG: an album keeps no SVG, and payment apps read codes only from the album.
 * Phones offer their share sheet ("save image"); elsewhere it is a download.
 */
export async function saveImage(image: HTMLImageElement, fileName: string): Promise<void> {
  const blob = await drawPng(image)
  if (blob === null) return
  const file = new File([blob], fileName, { type: 'image/png' })
  if (typeof navigator.canShare === 'function' && navigator.canShare({ files: [file] })) {
    try {
      await navigator.share({ files: [file] })
      return
    } catch (error) {
      // The payer closed the sheet: that is an answer, not a fault.
      if (error instanceof DOMException && error.name === 'AbortError') return
    }
  }
  download(blob, fileName)
}

function drawPng(image: HTMLImageElement): Promise<Blob | null> {
  const canvas = document.createElement('canvas')
  canvas.width = SAVED_SIZE
  canvas.height = SAVED_SIZE
  const pen = canvas.getContext('2d')
  if (pen === null) return Promise.resolve(null)
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, SAVED_SIZE, SAVED_SIZE)
  const side = SAVED_SIZE - 2 * MARGIN
  pen.drawImage(image, MARGIN, MARGIN, side, side)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}

function download(blob: Blob, fileName: string): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  // The browser reads the address after this turn of the event loop.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
