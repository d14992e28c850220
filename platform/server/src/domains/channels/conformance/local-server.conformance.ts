import { createServer, type RequestListener, type Server } from 'node:http'

export async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

export function originOf(server: Server): string {
  const address = server.address()
  if (typeof address !== 'object' || address === null)
    throw new Error('the server is not listening')
  return `http://127.0.0.1:${address.port}`
}

export async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
