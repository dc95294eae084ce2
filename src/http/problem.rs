//! Every error as an answer: problem+json for programs, a page for people. Spec: RFC 9457.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode};

use crate::{
    port::error::AdapterError, site::SiteError, store::StoreError, transfer::source_side::SourceSideError,
};

/// An error on its way out.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable name, the last part of the problem type's address; listed in `api-spec/problems.md`.
    pub kind: &'static str,
    /// A sentence for the reader: item, cause, side at fault, next step.
    pub detail: String,
    /// Answered as a page instead of JSON.
    pub is_page: bool,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into(), is_page: false }
    }

    /// What was sent makes no sense.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail)
    }

    /// It is understood and refused.
    pub fn forbidden(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, kind, detail)
    }

    /// The token or signature is missing or wrong.
    pub fn unauthorized(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, kind, detail)
    }

    /// There is no such thing, or none that the asker may see: the same words for both.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing at this address.")
    }

    /// The thing is in a state that does not allow this.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail)
    }

    /// Answered as a page.
    #[must_use]
    pub fn page(mut self) -> Self {
        self.is_page = true;
        self
    }

    /// Answered as a page when the asker is a browser.
    #[must_use]
    pub fn for_request(self, request: &HttpRequest) -> Self {
        if crate::http::extract::wants_html(request) { self.page() } else { self }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        if self.is_page {
            return crate::http::ui::layout::error_page(self.status, &self.detail);
        }
        let mut response = HttpResponse::build(self.status);
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header(("WWW-Authenticate", format!("Bearer error=\"{}\"", self.kind)));
        }
        response.content_type("application/problem+json").json(serde_json::json!({
            "type": format!("https://godwit.example/problems/{}", self.kind),
            "title": self.kind,
            "status": self.status.as_u16(),
            "detail": self.detail,
        }))
    }
}

impl From<SiteError> for Problem {
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::Refused(why) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", why),
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
        let status = match error {
            AdapterError::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
            AdapterError::Item { .. } | AdapterError::Fatal { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, "adapter", error.to_string())
    }
}

impl From<SourceSideError> for Problem {
    fn from(error: SourceSideError) -> Self {
        let (kind, why) = match error {
            SourceSideError::Refused { kind, why } => (kind, why),
            SourceSideError::Store(error) => return error.into(),
            SourceSideError::Adapter(error) => return error.into(),
        };
        let status = match kind {
            "not-found" | "no_such_account" => StatusCode::NOT_FOUND,
            "insufficient_scope" | "policy" => StatusCode::FORBIDDEN,
            "not_started" => StatusCode::CONFLICT,
            "too_many" => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, kind, why)
    }
}

/// Our own fault: logged whole, told briefly.
fn internal(error: &dyn std::error::Error) -> Problem {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    tracing::error!(%error, cause, "a request failed inside");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "This server could not do it, and it is not your fault. Nothing was changed; please try again.",
    )
}
