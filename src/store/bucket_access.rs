//! Says who may read a file that is put into a bucket, for servers that decide it file by file.
//!
//! The client beneath knows no such header, and a server believes headers of that family only where they are
//! signed. So a request that makes a file gets it on its way out, and is signed anew.

use std::sync::Arc;

use async_trait::async_trait;
use object_store::{
    ClientOptions, HeaderValue,
    aws::{AwsAuthorizer, AwsCredential},
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
        ReqwestConnector,
    },
};

/// The header that says it.
const HEADER: &str = "x-amz-acl";

/// What is said of every file, and who signs.
#[derive(Clone)]
pub(super) struct Access {
    said: HeaderValue,
    region: String,
    key: Arc<AwsCredential>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("said", &self.said).finish_non_exhaustive()
    }
}

impl Access {
    /// Says one of the words that such servers know, like `public-read`.
    ///
    /// # Errors
    /// When it is none; the sentence repeats it.
    pub(super) fn new(said: &str, region: &str, key: (&str, &str)) -> Result<Self, String> {
        let is_word = !said.is_empty() && said.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let unfit = || format!("{said:?} is no word for who may read a file, like public-read");
        let said = HeaderValue::from_str(said).ok().filter(|_| is_word).ok_or_else(unfit)?;
        let key = AwsCredential { key_id: key.0.to_owned(), secret_key: key.1.to_owned(), token: None };
        Ok(Self { said, region: region.to_owned(), key: Arc::new(key) })
    }

    fn say(&self, request: &mut HttpRequest) -> Result<(), object_store::Error> {
        request.headers_mut().insert(HEADER, self.said.clone());
        AwsAuthorizer::new(&self.key, "s3", &self.region).try_authorize(request, None)
    }
}

impl HttpConnector for Access {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let inner = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(Saying { access: self.clone(), inner }))
    }
}

#[derive(Debug)]
struct Saying {
    access: Access,
    inner: HttpClient,
}

#[async_trait]
impl HttpService for Saying {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if makes_a_file(request.method().as_str(), request.uri().query().unwrap_or_default()) {
            let signed = self.access.say(&mut request);
            signed.map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        }
        self.inner.execute(request).await
    }
}

/// Whether a request puts a whole file, or begins one that comes in parts.
fn makes_a_file(method: &str, query: &str) -> bool {
    let asks = |name: &str| query.split('&').any(|part| part.split('=').next() == Some(name));
    match method {
        "PUT" => !asks("partNumber"),
        "POST" => asks("uploads"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_a_file_says_who_may_read_it_and_nothing_else_does() {
        for (method, query, expected) in [
            ("PUT", "", true),
            ("PUT", "partNumber=1&uploadId=x", false),
            ("POST", "uploads=", true),
            ("POST", "uploads", true),
            ("POST", "uploadId=x", false),
            ("GET", "", false),
            ("DELETE", "", false),
        ] {
            assert_eq!(makes_a_file(method, query), expected, "{method} {query}");
        }
    }

    #[test]
    fn only_words_are_said_and_no_key_is_shown() {
        let access = Access::new("public-read", "here", ("who", "secret")).unwrap();
        let shown = format!("{access:?}");
        assert!(
            shown.contains("public-read") && !shown.contains("secret") && !shown.contains("who"),
            "{shown}"
        );
        for unfit in ["", "public read", "x\r\ny: z"] {
            assert!(Access::new(unfit, "here", ("who", "secret")).is_err(), "{unfit:?}");
        }
    }
}
