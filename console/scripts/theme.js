// Carillon's own colours over Cloudscape's, for light and for dark.
import { generateThemeStylesheet } from "@cloudscape-design/components/theming";

const accent = { light: "#5b3a8e", dark: "#c9b1f2" };
const deeper = { light: "#432a6b", dark: "#e0d2f9" };

export const sheet = generateThemeStylesheet({
  theme: {
    tokens: {
      colorBackgroundButtonPrimaryDefault: accent,
      colorBackgroundButtonPrimaryHover: deeper,
      colorBackgroundButtonPrimaryActive: deeper,
      colorBackgroundControlChecked: accent,
      colorBackgroundSegmentActive: accent,
      colorBorderButtonNormalDefault: accent,
      colorBorderButtonNormalHover: deeper,
      colorBorderItemFocused: accent,
      colorBorderItemSelected: accent,
      colorTextAccent: accent,
      colorTextButtonNormalDefault: accent,
      colorTextButtonNormalHover: deeper,
      colorTextSegmentHover: deeper,
      colorTextLinkDefault: accent,
      colorTextLinkHover: deeper,
    },
  },
});
