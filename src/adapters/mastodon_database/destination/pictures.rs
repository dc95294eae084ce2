//! What the server keeps of a picture beside the picture itself: a small form, sizes, a blurred preview.

use std::io::Cursor;

use image::{DynamicImage, GenericImageView, ImageFormat, ImageReader, Limits, imageops::FilterType};
use serde_json::{Value, json};

use super::shelf::Sort;

/// Largest area of the small form, in pixels.
const SMALL_AREA: f64 = 230_400.0;
/// Components of the blurred preview in each direction.
const COMPONENTS: u32 = 4;
/// Widest or highest picture that is opened, in pixels; others are carried without a small form of theirs.
const LARGEST_SIDE: u32 = 20_000;
/// Memory that opening one picture may take, in bytes.
const LARGEST_MEMORY: u64 = 256 << 20;
/// Size of the stand-in for films and for pictures that cannot be opened, in pixels.
const STAND_IN: (u32, u32) = (480, 270);

/// What is kept of a file beside its bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Described {
    /// The column `file_meta`.
    pub(super) meta: Value,
    /// The blurred preview in text form.
    pub(super) blurhash: Option<String>,
    /// Bytes of the small form, and its ending where it is another than the original's.
    pub(super) small: Option<(Vec<u8>, Option<&'static str>)>,
}

/// What the source says of a file; it counts where the bytes cannot be asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    /// Point of interest.
    pub(super) focus: Option<(f64, f64)>,
    /// Width and height.
    pub(super) size: Option<(u32, u32)>,
    /// The blurred preview.
    pub(super) blurhash: Option<String>,
}

/// Describes a file. Takes a while for a large picture: to be called off the runtime's own threads.
pub(super) fn describe(bytes: &[u8], sort: Sort, said: &Said) -> Described {
    match sort {
        Sort::Image => picture(bytes, said).unwrap_or_else(|| unopened(said, None)),
        // Nothing here can open films: the server's own stand-in would be a broken picture.
        Sort::Video => unopened(said, Some("png")),
        Sort::Audio => Described { meta: json!({"original": {}}), blurhash: None, small: None },
    }
}

fn picture(bytes: &[u8], said: &Said) -> Option<Described> {
    let (opened, format) = open(bytes)?;
    let (width, height) = opened.dimensions();
    let area = f64::from(width) * f64::from(height);
    let small = if area > SMALL_AREA {
        let factor = (SMALL_AREA / area).sqrt();
        opened.resize_exact(shrunk(width, factor), shrunk(height, factor), FilterType::Triangle)
    } else {
        opened.clone()
    };
    let mut meta = json!({"original": size((width, height)), "small": size(small.dimensions())});
    focus(&mut meta, said.focus);
    let blurhash = blurred(&small);
    Some(Described { meta, blurhash, small: Some((encoded(&small, format)?, None)) })
}

/// Opens a picture within limits; an animated one shows its first frame.
fn open(bytes: &[u8]) -> Option<(DynamicImage, ImageFormat)> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let format = reader.format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(LARGEST_MEMORY);
    reader.limits(limits);
    Some((reader.decode().ok()?, format))
}

/// A picture cut to the middle and brought to exactly this size, for accounts.
pub(super) fn cropped(bytes: &[u8], width: u32, height: u32) -> Option<(Vec<u8>, &'static str)> {
    let (opened, format) = open(bytes)?;
    let small = opened.resize_to_fill(width, height, FilterType::Triangle);
    let (format, ending) = match format {
        ImageFormat::Jpeg => (ImageFormat::Jpeg, "jpeg"),
        _ => (ImageFormat::Png, "png"),
    };
    Some((encoded(&small, format)?, ending))
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Option<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    let flat;
    let picture = if format == ImageFormat::Jpeg {
        flat = DynamicImage::ImageRgb8(picture.to_rgb8());
        &flat
    } else {
        flat = DynamicImage::ImageRgba8(picture.to_rgba8());
        &flat
    };
    picture.write_to(&mut bytes, format).ok()?;
    Some(bytes.into_inner())
}

fn blurred(small: &DynamicImage) -> Option<String> {
    // Sixteen components need no more than this; the whole small form would take a hundred times as long.
    let tiny = small.resize_exact(64, 64, FilterType::Triangle).to_rgba8();
    blurhash::encode(COMPONENTS, COMPONENTS, 64, 64, tiny.as_raw()).ok()
}

/// What cannot be opened gets a plain grey picture as its small form, with the source's own numbers.
fn unopened(said: &Said, ending: Option<&'static str>) -> Described {
    let (width, height) = said.size.filter(|(w, h)| *w > 0 && *h > 0).unwrap_or(STAND_IN);
    let area = f64::from(width) * f64::from(height);
    let factor = (SMALL_AREA / area).sqrt().min(1.0);
    let grey = image::RgbaImage::from_pixel(
        shrunk(width, factor).min(4096),
        shrunk(height, factor).min(4096),
        image::Rgba([90, 90, 90, 255]),
    );
    let grey = DynamicImage::ImageRgba8(grey);
    let mut meta = json!({"small": size(grey.dimensions())});
    if let (Some(said), Some(meta)) = (said.size, meta.as_object_mut()) {
        meta.insert("original".to_owned(), size(said));
    }
    focus(&mut meta, said.focus);
    let blurhash = said.blurhash.clone().filter(|hash| blurhash::decode(hash, 1, 1, 1.0).is_ok());
    Described { meta, blurhash, small: encoded(&grey, ImageFormat::Png).map(|bytes| (bytes, ending)) }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::as_conversions,
    reason = "a side times a factor of at most one; a cast to an integer saturates"
)]
fn shrunk(side: u32, factor: f64) -> u32 {
    ((f64::from(side) * factor).floor() as u32).max(1)
}

fn size((width, height): (u32, u32)) -> Value {
    json!({
        "width": width, "height": height, "size": format!("{width}x{height}"),
        "aspect": f64::from(width) / f64::from(height.max(1)),
    })
}

fn focus(meta: &mut Value, focus: Option<(f64, f64)>) {
    let focus = focus.filter(|(x, y)| (-1.0..=1.0).contains(x) && (-1.0..=1.0).contains(y));
    if let (Some((x, y)), Some(meta)) = (focus, meta.as_object_mut()) {
        meta.insert("focus".to_owned(), json!({"x": x, "y": y}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture =
            image::RgbImage::from_fn(width, height, |x, _| image::Rgb([u8::from(x % 2 == 0), 10, 200]));
        encoded(&DynamicImage::ImageRgb8(picture), ImageFormat::Png).unwrap()
    }

    #[test]
    fn a_large_picture_gets_a_small_form_of_the_same_shape() {
        let described = describe(&png(1200, 600), Sort::Image, &Said::default());
        assert_eq!(described.meta["original"]["size"], "1200x600");
        let (width, height) = (&described.meta["small"]["width"], &described.meta["small"]["height"]);
        assert_eq!((width, height), (&json!(678), &json!(339)));
        let (bytes, ending) = described.small.unwrap();
        assert_eq!((open(&bytes).unwrap().0.dimensions(), ending), ((678, 339), None));
        assert_eq!(blurhash::decode(&described.blurhash.unwrap(), 8, 8, 1.0).unwrap().len(), 256);
    }

    #[test]
    fn what_is_no_picture_inside_is_carried_with_what_is_said_of_it() {
        let said = Said { focus: Some((0.5, -2.0)), size: Some((100, 50)), blurhash: Some("x".into()) };
        let described = describe(b"not a picture", Sort::Image, &said);
        assert_eq!(described.meta["original"]["size"], "100x50");
        assert_eq!((described.blurhash, described.meta.get("focus")), (None, None));
        assert!(open(&described.small.unwrap().0).is_some());
    }

    #[test]
    fn a_picture_that_claims_to_be_huge_is_not_opened() {
        let mut huge = png(8, 8);
        huge[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert!(open(&huge).is_none());
    }

    #[test]
    fn a_film_has_a_small_form_that_is_a_picture() {
        let described = describe(b"film", Sort::Video, &Said::default());
        assert_eq!(described.small.unwrap().1, Some("png"));
        assert_eq!(describe(b"sound", Sort::Audio, &Said::default()).small, None);
    }
}
