// Moves an account of POSTS posts, a fifth of them with a file, from one PDS to another the way atproto's
// guide tells (createAccount, getRepo, importRepo, listMissingBlobs, getBlob, uploadBlob) until the new
// server counts as many records and files as the old one. Prints `took SECONDS`.
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const posts = Number(process.argv[2])
const AT_ONCE = 8
// Random bytes alone are taken for music now and then.
const HEAD = Buffer.from('a picture of a bird at the water')
const disk = mkdtempSync(join(tmpdir(), 'godwit-atproto-'))
const children = []
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(disk, { recursive: true, force: true })
})

// The directory of identities, as much of it as a move needs.
const identities = new Map()
const directory = createServer((request, response) => {
  const did = decodeURIComponent(request.url.split('/')[1])
  if (request.method === 'POST') {
    let body = ''
    request.on('data', (piece) => (body += piece))
    request.on('end', () => {
      identities.set(did, JSON.parse(body))
      response.end()
    })
    return
  }
  const told = identities.get(did)
  response.setHeader('content-type', 'application/json')
  response.statusCode = told ? 200 : 404
  if (!told) return response.end('{}')
  const { alsoKnownAs, rotationKeys, services, verificationMethods } = told
  if (request.url.endsWith('/data')) {
    return response.end(JSON.stringify({ did, alsoKnownAs, rotationKeys, services, verificationMethods }))
  }
  if (request.url.includes('/log')) return response.end(JSON.stringify(told))
  response.end(JSON.stringify({
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    alsoKnownAs,
    verificationMethod: Object.entries(verificationMethods).map(([name, key]) => (
      { id: `${did}#${name}`, type: 'Multikey', controller: did, publicKeyMultibase: key.replace('did:key:', '') }
    )),
    service: Object.entries(services).map(([name, { type, endpoint }]) => (
      { id: `#${name}`, type, serviceEndpoint: endpoint }
    )),
  }))
})
const port = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)))
const directoryUrl = `http://localhost:${await port(directory)}`

async function home(name) {
  const holder = createServer()
  const at = await port(holder)
  await new Promise((done) => holder.close(done))
  const did = `did:web:localhost%3A${at}`
  mkdirSync(join(disk, name, 'blobs'), { recursive: true })
  const child = spawn(process.execPath, ['pds.mjs'], {
    cwd: import.meta.dirname ?? new URL('.', import.meta.url).pathname,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      LOG_ENABLED: 'false',
      NODE_ENV: 'production',
      PDS_HOSTNAME: 'localhost',
      PDS_PORT: String(at),
      PDS_SERVICE_DID: did,
      PDS_DEV_MODE: 'true',
      PDS_INVITE_REQUIRED: 'false',
      PDS_RATE_LIMITS_ENABLED: 'false',
      PDS_DISABLE_SSRF_PROTECTION: 'true',
      PDS_DID_PLC_URL: directoryUrl,
      PDS_DATA_DIRECTORY: join(disk, name),
      PDS_BLOBSTORE_DISK_LOCATION: join(disk, name, 'blobs'),
      PDS_BLOB_UPLOAD_LIMIT: '5000000',
      // A hundred thousand posts are one file of 36 MB, and more than it takes unless it is told.
      PDS_MAX_REPO_IMPORT_SIZE: '1000000000',
      PDS_JWT_SECRET: randomBytes(16).toString('hex'),
      PDS_ADMIN_PASSWORD: randomBytes(16).toString('hex'),
      PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: createHash('sha256').update(name).digest('hex'),
    },
  })
  children.push(child)
  await new Promise((done, failed) => {
    child.on('exit', (code) => failed(new Error(`the PDS ended with ${code}`)))
    createInterface({ input: child.stdout }).on('line', (line) => line.includes('listening') && done())
  })
  return { did, url: `http://localhost:${at}/xrpc/`, token: null }
}

async function call(home, method, { body, query, type, token = home.token } = {}) {
  const isPost = body !== undefined
  const address = `${home.url}${method}${query ? `?${new URLSearchParams(query)}` : ''}`
  const isJson = isPost && !type && body !== null
  const headers = {}
  if (token) headers.authorization = `Bearer ${token}`
  if (isJson) headers['content-type'] = 'application/json'
  if (type) headers['content-type'] = type
  const answer = await fetch(address, {
    method: isPost ? 'POST' : 'GET',
    headers,
    body: isPost && body !== null ? (isJson ? JSON.stringify(body) : body) : undefined,
  })
  if (!answer.ok) throw new Error(`${method} answered ${answer.status}: ${await answer.text()}`)
  return answer
}
const json = async (...call_) => (await call(...call_)).json()

async function each(things, work) {
  const queue = things[Symbol.iterator]()
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const thing of queue) await work(thing)
  }))
}

const [from, to] = [await home('old'), await home('new')]
const person = { handle: 'ann.test', email: 'ann@example.org', password: 'long enough' }
const account = await json(from, 'com.atproto.server.createAccount', { body: person })
from.token = account.accessJwt
const did = account.did

const files = new Map()
const pictured = Array.from({ length: posts }, (_, number) => number).filter((number) => number % 5 === 0)
await each(pictured, async (number) => {
  const bytes = Buffer.concat([HEAD, randomBytes(20_000 + Math.floor(Math.random() * 180_000))])
  const { blob } = await json(from, 'com.atproto.repo.uploadBlob', { body: bytes, type: 'image/png' })
  files.set(number, blob)
})
for (let first = 0; first < posts; first += 200) {
  const writes = []
  for (let number = first; number < Math.min(posts, first + 200); number += 1) {
    const value = {
      $type: 'app.bsky.feed.post',
      text: `Sighting number ${number}: a bar-tailed godwit on its way south, tired and far from home. It stood in the shallow water for an hour and then flew on with the others.`,
      langs: ['en'],
      createdAt: new Date(1_262_304_000_000 + number * 31_000).toISOString(),
    }
    if (files.has(number)) {
      const image = { alt: 'A bird at the water, seen from far away', image: files.get(number) }
      value.embed = { $type: 'app.bsky.embed.images', images: [image] }
    }
    writes.push({ $type: 'com.atproto.repo.applyWrites#create', collection: 'app.bsky.feed.post', value })
  }
  await call(from, 'com.atproto.repo.applyWrites', { body: { repo: did, writes } })
}

const begin = performance.now()
const query = { aud: to.did, lxm: 'com.atproto.server.createAccount' }
const { token } = await json(from, 'com.atproto.server.getServiceAuth', { query })
const arrived = await json(to, 'com.atproto.server.createAccount', { body: { ...person, did }, token })
to.token = arrived.accessJwt
const repo = await (await call(from, 'com.atproto.sync.getRepo', { query: { did } })).arrayBuffer()
await call(to, 'com.atproto.repo.importRepo', { body: Buffer.from(repo), type: 'application/vnd.ipld.car' })
let cursor
do {
  const page = await json(to, 'com.atproto.repo.listMissingBlobs', { query: { limit: '500', ...(cursor && { cursor }) } })
  await each(page.blobs, async ({ cid }) => {
    const file = await call(from, 'com.atproto.sync.getBlob', { query: { did, cid } })
    const type = file.headers.get('content-type')
    await call(to, 'com.atproto.repo.uploadBlob', { body: Buffer.from(await file.arrayBuffer()), type })
  })
  cursor = page.cursor
} while (cursor)
const status = await json(to, 'com.atproto.server.checkAccountStatus')
const took = (performance.now() - begin) / 1000
const there = await json(from, 'com.atproto.server.checkAccountStatus')
if (status.importedBlobs !== pictured.length || status.indexedRecords !== there.indexedRecords) {
  throw new Error(`the counts differ: ${JSON.stringify(status)} and ${JSON.stringify(there)}`)
}
console.log(`took ${took}`)
process.exit(0)
