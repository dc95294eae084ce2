//! Pictures made on the spot: one colour each, valid PNG.

use std::io::Write;

use flate2::{Compression, Crc, write::ZlibEncoder};

/// A PNG of this size (pixels) in one colour (red, green, blue).
pub(crate) fn png(width: u8, height: u8, colour: [u8; 3]) -> std::io::Result<Vec<u8>> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    // Eight bits per channel, true colour, no interlacing.
    let header = [0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0];
    chunk(&mut out, *b"IHDR", &header);
    let mut lines = ZlibEncoder::new(Vec::new(), Compression::default());
    for _ in 0..height {
        lines.write_all(&[0])?;
        for _ in 0..width {
            lines.write_all(&colour)?;
        }
    }
    chunk(&mut out, *b"IDAT", &lines.finish()?);
    chunk(&mut out, *b"IEND", &[]);
    Ok(out)
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    let mut sum = Crc::new();
    sum.update(&kind);
    sum.update(content);
    let length = u32::try_from(content.len()).expect("a picture of at most 255 × 255 pixels is small");
    out.extend(length.to_be_bytes());
    out.extend(kind);
    out.extend(content);
    out.extend(sum.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_recognised_as_png_and_differs_by_colour() {
        let red = png(4, 3, [255, 0, 0]).unwrap();
        assert!(infer::is_mime(&red, "image/png"));
        assert_ne!(red, png(4, 3, [0, 255, 0]).unwrap());
        // The checksum of an empty IEND is a known constant.
        assert!(red.ends_with(&[0xae, 0x42, 0x60, 0x82]));
    }
}
