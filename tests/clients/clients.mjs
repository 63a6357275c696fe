// The clients of a server at a URL by their names, each with the `subscribe(operation, sink)` of graphql-ws.
import { createClient as createEventsClient } from 'graphql-sse'
import { createClient as createHttpClient } from 'graphql-http'
import { createClient as createSocketClient } from 'graphql-ws'
import WebSocket from 'ws'

const headers = { 'X-User-ID': 'ada' }

const kinds = {
  'graphql-ws': (url) =>
    createSocketClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: headers,
      retryAttempts: 0,
    }),
  'graphql-sse': (url) => createEventsClient({ url, headers, retryAttempts: 0 }),
  'graphql-http': (url) => createHttpClient({ url, headers }),
  // It takes longer to load than most scripts take to run.
  apollo: async (url) => (await import('./multipart.mjs')).createClient({ url, headers }),
}

export const createClient = async (kind, url) => kinds[kind](url)
