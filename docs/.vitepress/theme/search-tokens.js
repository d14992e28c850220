const WORDS = /[\p{Script=Han}]+|[\p{L}\p{N}_]+/gu
const HAN = /\p{Script=Han}/u

/**
 * What a text is found by. Chinese has no spaces between words, so every pair of neighbours is one; the code
 * `payment_not_found` is found as a whole and by its parts.
 * @param {string} text
 */
export function tokensOf(text) {
  return (text.match(WORDS) ?? []).flatMap((word) => {
    if (HAN.test(word)) return pairsOf([...word])
    return word.includes('_') ? [word, ...word.split('_').filter(Boolean)] : [word]
  })
}

function pairsOf(characters) {
  if (characters.length === 1) return characters
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
}
