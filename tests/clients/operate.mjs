// Drives the server at argv[2] with the client argv[3]: a line of JSON on stdin is an operation, a line on stdout is a
// result of it, an error, or its end. `take` ends an operation after so many results, as a client that goes away does.
import { createInterface } from 'node:readline'
import { createClient } from './clients.mjs'

const [url, kind] = process.argv.slice(2)
const client = await createClient(kind, url)

function operate({ take, ...operation }) {
  return new Promise((resolve) => {
    let seen = 0
    let stop
    const end = (line) => {
      console.log(JSON.stringify(line))
      resolve()
    }
    stop = client.subscribe(operation, {
      next(result) {
        if (take !== undefined && seen >= take) return
        seen += 1
        console.log(JSON.stringify({ next: result }))
        if (seen === take) stop()
      },
      error: (error) => end({ error: Array.isArray(error) ? error : String(error) }),
      complete: () => end({ complete: true }),
    })
  })
}

for await (const line of createInterface({ input: process.stdin })) {
  await operate(JSON.parse(line))
}
client.dispose?.()
