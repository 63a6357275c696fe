// Listens to the server at argv[2] with the client argv[3]: a line of JSON on stdin is a subscription with a name, a
// line on stdout a result of it, its loss, or its end. They run side by side until stdin is closed.
import { createInterface } from 'node:readline'
import { createClient } from './clients.mjs'

const [url, kind] = process.argv.slice(2)
const client = await createClient(kind, url)
const say = (line) => console.log(JSON.stringify(line))
const stops = []

function listen({ name, ...operation }) {
  let over = false // Apollo completes what it lost
  const end = (line) => {
    if (!over) say({ name, ...line })
    over = true
  }
  const stop = client.subscribe(operation, {
    next: (next) => say({ name, next }),
    error: (error) => end({ lost: String(error.message ?? error.code ?? error) }),
    complete: () => end({ complete: true }),
  })
  stops.push(() => {
    over = true
    stop()
  })
}

for await (const line of createInterface({ input: process.stdin })) listen(JSON.parse(line))
for (const stop of stops) stop()
client.dispose?.()
