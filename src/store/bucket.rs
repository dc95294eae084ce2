//! A bucket of a server that speaks S3: files under names, put, read from any place, removed.
//!
//! What it answers is told as an error of a disk would be, so that whoever keeps files need not know where.

use std::{io, ops::Range, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{
    FutureExt, StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use object_store::{
    Attribute, Attributes, ClientOptions, GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt,
    PutMultipartOptions, PutOptions, PutPayload, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path as Name,
};
use tokio::io::AsyncReadExt;

use super::bucket_access::Access;

/// A longer file goes in parts of this many bytes, one after another; no file is in memory as a whole.
const PART_BYTES: usize = 8 << 20;
/// How long a connection may take to stand.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long something is tried again before it is told.
const TRYING: Duration = Duration::from_secs(20);
/// Files removed at the same time.
const AT_ONCE: usize = 16;

/// Where a bucket is and who may use it. Never shown: it holds a secret.
pub struct BucketPlace<'a> {
    /// Scheme, host and port of the server; empty for Amazon's own in that region.
    pub endpoint: &'a str,
    /// The region, as requests to it are signed.
    pub region: &'a str,
    /// The bucket's name.
    pub name: &'a str,
    /// What all names in it begin with; empty where the bucket is for this alone.
    pub prefix: &'a str,
    /// The name of the key.
    pub access_key_id: &'a str,
    /// The key.
    pub secret_access_key: &'a str,
    /// Who may read what is put there, in a word of such servers; empty where the bucket itself decides.
    pub access: &'a str,
    /// How long others may keep what is put there, as the header says it; empty where nothing is said.
    pub cache: &'a str,
}

/// A bucket; cheap to clone.
#[derive(Clone)]
pub struct Bucket {
    server: Arc<AmazonS3>,
    prefix: Name,
    name: Arc<str>,
    cache: Arc<str>,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Bucket {
    /// Gets ready to use a bucket; nothing is asked yet.
    ///
    /// # Errors
    /// When the place makes no sense; the sentence names no key.
    pub fn open(place: &BucketPlace<'_>) -> io::Result<Self> {
        let client = ClientOptions::new().with_timeout_disabled().with_connect_timeout(CONNECTING);
        let retry = RetryConfig { max_retries: 4, retry_timeout: TRYING, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::new()
            .with_client_options(client.with_allow_http(place.endpoint.starts_with("http://")))
            .with_retry(retry)
            .with_region(place.region)
            .with_bucket_name(place.name)
            .with_access_key_id(place.access_key_id)
            .with_secret_access_key(place.secret_access_key);
        if !place.endpoint.is_empty() {
            builder = builder.with_endpoint(place.endpoint.trim_end_matches('/'));
        }
        let unfit = |why: String| io::Error::new(io::ErrorKind::InvalidInput, why);
        if !place.access.is_empty() {
            let key = (place.access_key_id, place.secret_access_key);
            builder =
                builder.with_http_connector(Access::new(place.access, place.region, key).map_err(unfit)?);
        }
        let server = builder.build().map_err(|error| unfit(error.to_string()))?;
        let prefix = Name::parse(place.prefix).map_err(|error| unfit(error.to_string()))?;
        Ok(Self { server: Arc::new(server), prefix, name: place.name.into(), cache: place.cache.into() })
    }

    /// Puts a file there; one of that name is replaced.
    ///
    /// # Errors
    /// What the server or the disk says.
    pub async fn put_file(&self, name: &str, path: &Path, media_type: &str) -> io::Result<()> {
        let mut file = tokio::fs::File::open(path).await?;
        let first = part(&mut file).await?;
        if first.len() < PART_BYTES {
            return self.put(name, first, media_type).await;
        }
        let options = PutMultipartOptions { attributes: self.said(media_type), ..Default::default() };
        let upload = self.server.put_multipart_opts(&self.at(name), options).await;
        let mut upload = upload.map_err(|error| told(&error))?;
        let sent = put_parts(&mut *upload, first, &mut file).await;
        if sent.is_err() {
            // What is there of it would stay, and cost, for ever.
            let _it_may_be_gone = upload.abort().await;
        }
        sent
    }

    /// Puts bytes there; what had that name is replaced.
    ///
    /// # Errors
    /// What the server says.
    pub async fn put(&self, name: &str, bytes: Bytes, media_type: &str) -> io::Result<()> {
        let options = PutOptions { attributes: self.said(media_type), ..Default::default() };
        let put = self.server.put_opts(&self.at(name), PutPayload::from_bytes(bytes), options).await;
        put.map(drop).map_err(|error| told(&error))
    }

    /// The length of a file, in bytes.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], or what the server says.
    pub async fn length(&self, name: &str) -> io::Result<u64> {
        self.server.head(&self.at(name)).await.map(|file| file.size).map_err(|error| told(&error))
    }

    /// Bytes of a file, the end not included.
    ///
    /// # Errors
    /// As [`Self::length`]; in the stream what breaks off.
    pub async fn read(
        &self,
        name: &str,
        bytes: Range<u64>,
    ) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        if bytes.is_empty() {
            return Ok(stream::empty().boxed());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(bytes)), ..GetOptions::default() };
        let got = self.server.get_opts(&self.at(name), options).await.map_err(|error| told(&error))?;
        Ok(got.into_stream().map_err(|error| told(&error)).boxed())
    }

    /// Removes files; one that is not there is fine.
    ///
    /// # Errors
    /// What the server says to the first that stays.
    pub async fn remove(&self, names: &[String]) -> io::Result<()> {
        let all: Vec<_> = names.iter().map(|name| self.remove_one(name).boxed()).collect();
        stream::iter(all).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn remove_one(&self, name: &str) -> io::Result<()> {
        match self.server.delete(&self.at(name)).await.map_err(|error| told(&error)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// What is said of a file that is put there.
    fn said(&self, media_type: &str) -> Attributes {
        let cache =
            Some((Attribute::CacheControl, self.cache.to_string())).filter(|(_, how)| !how.is_empty());
        [(Attribute::ContentType, media_type.to_owned())].into_iter().chain(cache).collect()
    }

    fn at(&self, name: &str) -> Name {
        name.split('/').fold(self.prefix.clone(), Name::join)
    }
}

/// The next bytes of a file, fewer than a part only at its end.
async fn part(file: &mut tokio::fs::File) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    file.take(u64::try_from(PART_BYTES).unwrap_or(u64::MAX)).read_to_end(&mut bytes).await?;
    Ok(bytes.into())
}

async fn put_parts(
    upload: &mut dyn MultipartUpload,
    first: Bytes,
    file: &mut tokio::fs::File,
) -> io::Result<()> {
    let mut next = first;
    while !next.is_empty() {
        upload.put_part(PutPayload::from_bytes(next)).await.map_err(|error| told(&error))?;
        next = part(file).await?;
    }
    upload.complete().await.map(drop).map_err(|error| told(&error))
}

fn told(error: &object_store::Error) -> io::Error {
    let kind = match error {
        object_store::Error::NotFound { .. } => io::ErrorKind::NotFound,
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
            io::ErrorKind::PermissionDenied
        }
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, format!("the store of files answers: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> BucketPlace<'static> {
        BucketPlace {
            endpoint: "http://127.0.0.1:1",
            region: "here",
            name: "files",
            prefix: "",
            access_key_id: "who",
            secret_access_key: "a secret",
            access: "",
            cache: "",
        }
    }

    #[test]
    fn what_a_bucket_is_shown_as_names_no_key() {
        let shown = format!("{:?}", Bucket::open(&place()).unwrap());
        assert!(shown.contains("files") && !shown.contains("secret") && !shown.contains("who"), "{shown}");
    }

    #[tokio::test]
    async fn a_file_is_put_with_what_is_said_of_it_and_all_of_it_is_signed() {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let said =
            BucketPlace { access: "public-read", cache: "public, max-age=1", endpoint: &endpoint, ..place() };
        let bucket = Bucket::open(&said).unwrap();
        let answer = async {
            let (mut client, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"the bytes") {
                assert!(client.read_buf(&mut head).await.unwrap() > 0, "it went away");
            }
            let fine = b"HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 0\r\n\r\n";
            tokio::io::AsyncWriteExt::write_all(&mut client, fine).await.unwrap();
            String::from_utf8(head).unwrap().to_lowercase()
        };
        let (put, head) =
            tokio::join!(bucket.put("a.png", Bytes::from_static(b"the bytes"), "image/png"), answer);
        put.unwrap();
        for line in [
            "put /files/a.png http",
            "content-type: image/png",
            "cache-control: public, max-age=1",
            "x-amz-acl: public-read",
        ] {
            assert!(head.contains(line), "{line}: {head}");
        }
        let signed = head.split("signedheaders=").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
        assert!(signed.contains("x-amz-acl") && signed.contains("cache-control"), "{signed}");
        assert_eq!(head.matches("authorization:").count(), 1, "{head}");
    }

    #[test]
    fn a_name_stays_below_the_prefix_whatever_stands_in_it() {
        let bucket = Bucket::open(&BucketPlace { prefix: "godwit/media", ..place() }).unwrap();
        assert_eq!(bucket.at("ab/abcd").as_ref(), "godwit/media/ab/abcd");
        for hostile in ["../../other", "a/../../b", "./x"] {
            let name = bucket.at(hostile);
            assert!(name.as_ref().starts_with("godwit/media/"), "{name}");
            assert!(name.parts().all(|part| part.as_ref() != ".."), "{name}");
        }
    }
}
