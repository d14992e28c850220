/** The answers that routes give. */

export function show(body, status = 200) {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }
  return { status, headers, body }
}

export function json(value, status = 200) {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return { status, headers, body: JSON.stringify(value) }
}

export function redirect(location) {
  return { status: 303, headers: { location } }
}
