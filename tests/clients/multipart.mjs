// Apollo's client, which takes a subscription as multipart, with the `subscribe(operation, sink)` of graphql-ws.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client/core'

export function createClient({ url, headers }) {
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url, headers }) })
  const tell = (sink, error) => (error.errors ? sink.next({ errors: error.errors }) : sink.error(error))
  return {
    subscribe({ query, variables }, sink) {
      const subscription = client.subscribe({ query: gql(query), variables }).subscribe({
        next: ({ data, error }) => (error ? tell(sink, error) : sink.next({ data })),
        error: (error) => tell(sink, error),
        complete: sink.complete,
      })
      return () => subscription.unsubscribe()
    },
    dispose: () => client.stop(),
  }
}
