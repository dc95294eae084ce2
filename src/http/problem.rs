//! Every error as an answer: problem+json for programs, a page for people. Spec: RFC 9457.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;

pub use crate::model::problem::ProblemKind;
use crate::words::text;
use crate::{
    port::error::AdapterError,
    site::SiteError,
    store::StoreError,
    transfer::{source_side::SourceSideError, trouble},
};

/// Media type of problem documents.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// When something that cannot be done now may be asked for again where nobody knows better, in seconds.
const SOON_SECONDS: u64 = 30;

/// An error on its way out.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// What kind it is; decides status and type.
    pub kind: ProblemKind,
    /// A sentence for the reader: item, cause, side at fault, next step.
    pub detail: String,
    /// Answered as a page instead of JSON.
    pub is_page: bool,
    /// Seconds after which it may be tried again, where that is known.
    pub after_seconds: Option<u64>,
    /// What a person reads instead of the detail, where that holds exact words of the network or of another program.
    plain: Option<String>,
}

/// An error as programs read it. Spec: RFC 9457.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// Where the kind is explained, relative to this server.
    #[serde(rename = "type")]
    #[schema(example = "/godwit/problems/not-found")]
    kind: String,
    /// What the kind means.
    title: &'static str,
    /// The HTTP status again.
    status: u16,
    /// What happened this time, whose side it is on, what can be done next.
    detail: String,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        // Whoever is told to come later is told when. Spec: RFC 9110 15.6.4.
        let after_seconds = (kind.status() == 503).then_some(SOON_SECONDS);
        Self { kind, detail: detail.into(), is_page: false, after_seconds, plain: None }
    }

    /// What was sent makes no sense.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::BadRequest, detail)
    }

    /// There is no such thing, or none that the asker may see: the same words for both.
    pub fn not_found() -> Self {
        Self::new(ProblemKind::NotFound, text!("problems-there-is-nothing-at-this-address"))
    }

    /// The thing is in a state that does not allow this.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::Conflict, detail)
    }

    /// Answered as a page.
    #[must_use]
    pub fn page(mut self) -> Self {
        self.is_page = true;
        self
    }

    /// What a page says of it; the exact words go to the log then.
    fn on_a_page(&self) -> &str {
        let Some(plain) = &self.plain else { return &self.detail };
        tracing::warn!(detail = self.detail, "a page tells of trouble with another server in plain words");
        plain
    }

    /// Says when it may be tried again. Spec: RFC 9110 10.2.3.
    #[must_use]
    pub fn after(mut self, seconds: u64) -> Self {
        self.after_seconds = Some(seconds);
        self
    }

    /// Answered as a page when the asker is a browser.
    #[must_use]
    pub fn for_request(self, request: &HttpRequest) -> Self {
        if crate::http::extract::wants_html(request) { self.page() } else { self }
    }

    /// What would be accepted instead, where HTTP wants it said. Spec: RFC 6750 3.
    fn challenge(&self) -> Option<&'static str> {
        match self.kind {
            ProblemKind::InvalidToken => Some(r#"Bearer error="invalid_token""#),
            ProblemKind::InsufficientScope => Some(r#"Bearer error="insufficient_scope""#),
            ProblemKind::BadSignature => Some(r#"Signature headers="(request-target) host date digest""#),
            ProblemKind::NotSignedIn => Some(r#"Cookie form-action="/sign-in""#),
            _ => None,
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let after = self.after_seconds.map(|seconds| (header::RETRY_AFTER, seconds.to_string()));
        if self.is_page {
            let mut response = crate::http::ui::layout::error_page(status, self.on_a_page());
            if let Some((name, value)) = after
                && let Ok(value) = value.parse()
            {
                response.headers_mut().insert(name, value);
            }
            return response;
        }
        let mut response = HttpResponse::build(status);
        response.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
        if let Some(after) = after {
            response.insert_header(after);
        }
        if let Some(challenge) = self.challenge() {
            response.insert_header(("WWW-Authenticate", challenge));
        }
        response.content_type(PROBLEM_JSON).json(ProblemDocument {
            kind: self.kind.address(),
            title: self.kind.meaning(),
            status: self.kind.status(),
            detail: self.detail.clone(),
        })
    }
}

impl From<SiteError> for Problem {
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::Refused(why) => Self::new(ProblemKind::Refused, why),
            SiteError::TooMany(why) => Self::new(ProblemKind::TooManyAttempts, why),
            SiteError::Busy(why) => Self::new(ProblemKind::Busy, why).after(5),
            other => internal(&other),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing(_) => Self::not_found(),
            StoreError::Conflict(why) => Self::conflict(why),
            other => internal(&other),
        }
    }
}

impl From<AdapterError> for Problem {
    fn from(error: AdapterError) -> Self {
        let told = error.to_string();
        let plain = match &error {
            AdapterError::Item { why } => why.clone(),
            other => trouble::plain(other, &text!("trouble-the-other-server")).0,
        };
        let problem = match error {
            AdapterError::Busy { after, .. } => {
                Self::new(ProblemKind::Later, told).after(after.as_secs().max(1))
            }
            AdapterError::Item { .. } | AdapterError::Fatal { .. } => Self::new(ProblemKind::OtherSide, told),
        };
        Self { plain: Some(plain), ..problem }
    }
}

impl From<SourceSideError> for Problem {
    fn from(error: SourceSideError) -> Self {
        match error {
            SourceSideError::Refused { kind, why } => Self::new(kind, why),
            SourceSideError::Store(error) => error.into(),
            SourceSideError::Adapter(error) => error.into(),
        }
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        internal(&error)
    }
}

/// Our own fault: logged whole, told briefly.
fn internal(error: &dyn std::error::Error) -> Problem {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    tracing::error!(%error, cause, "a request failed inside");
    Problem::new(ProblemKind::Internal, text!("problems-this-server-could-not-do-it-and"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn said(problem: &Problem) -> String {
        let body = problem.error_response().into_body();
        let bytes = actix_web::body::to_bytes(body).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[actix_web::test]
    async fn a_page_tells_of_another_servers_trouble_in_plain_words_and_programs_get_the_exact_ones() {
        let error = AdapterError::Busy {
            doing: "asking for the actor".into(),
            why: "tcp connect error, os error 111".into(),
            after: Duration::from_mins(1),
            cause: crate::port::error::Cause::Silent,
        };
        let problem = Problem::from(error);
        let told = said(&problem).await;
        assert!(told.contains("os error 111"), "{told}");
        let page = said(&problem.page()).await;
        assert!(page.contains("he other server did not answer") && !page.contains("os error"), "{page}");
    }

    #[test]
    fn whoever_is_told_to_come_later_is_told_when() {
        let when = |problem: &Problem| {
            let answer = problem.error_response();
            answer.headers().get(header::RETRY_AFTER).map(|text| text.to_str().unwrap().to_owned())
        };
        for kind in ProblemKind::ALL.iter().filter(|kind| kind.status() == 503) {
            for problem in [Problem::new(*kind, "later"), Problem::new(*kind, "later").page()] {
                assert_eq!(when(&problem).as_deref(), Some("30"), "{}", kind.as_str());
            }
        }
        assert_eq!(when(&Problem::not_found()), None);
        for (after, expected) in [(Duration::from_secs(90), "90"), (Duration::ZERO, "1")] {
            let cause = crate::port::error::Cause::Strained;
            let busy = AdapterError::Busy { doing: "asking".into(), why: "it is busy".into(), after, cause };
            assert_eq!(when(&Problem::from(busy)).as_deref(), Some(expected));
        }
    }
}
