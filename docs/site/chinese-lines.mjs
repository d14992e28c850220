const WIDE = /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”’‘…—]/

/** Lines of a source are joined by a space, which Chinese does not have. */
export function joinChineseLines(markdown) {
  const plain = markdown.renderer.rules.softbreak
  markdown.renderer.rules.softbreak = (tokens, index, ...rest) => {
    const before = tokens[index - 1]?.content.at(-1) ?? ''
    const after = tokens[index + 1]?.content.at(0) ?? ''
    return WIDE.test(before) && WIDE.test(after) ? '' : (plain?.(tokens, index, ...rest) ?? '\n')
  }
}
