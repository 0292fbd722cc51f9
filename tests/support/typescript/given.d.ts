// What the snippets of the documents take as given.
declare const baseUrl: string
declare const clip: File
declare const face: File
declare const person: File
declare function accessToken(): string
