/* Whatever picture somebody chooses becomes one that may be uploaded: its middle as a square, under 256 kB. */

const MOST_BYTES = 256 * 1024;
const SIDE = 512;

/** The file itself where it fits, a smaller one where it doesn't, null where it is no picture. */
export async function fitPicture(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return null;
  }
  const { width, height } = picture;
  const fits = width === height && file.size < MOST_BYTES;
  const fitted = fits ? file : await drawSquare(picture, Math.min(width, height));
  picture.close();
  return fitted;
}

async function drawSquare(picture, side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(side, SIDE);
  const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
  canvas.getContext("2d").drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/webp", 0.9));
  return blob && new File([blob], "picture.webp", { type: blob.type });
}
