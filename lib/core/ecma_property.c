/*
 * ECMA-262, tables 67 to 69: the properties of \\p{...}, as PCRE2 names them.
 * Names are exact: case counts.
 */
#include <string.h>

#include "core/ecma_private.h"

/* General_Category: the long names, and the short ones, which PCRE2 takes. */
static const struct category {
	const char *name, *brief;
} categories[] = {
    {"Cased_Letter", "LC"},
    {"Close_Punctuation", "Pe"},
    {"Connector_Punctuation", "Pc"},
    {"Control", "Cc"},
    {"cntrl", "Cc"},
    {"Currency_Symbol", "Sc"},
    {"Dash_Punctuation", "Pd"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Enclosing_Mark", "Me"},
    {"Final_Punctuation", "Pf"},
    {"Format", "Cf"},
    {"Initial_Punctuation", "Pi"},
    {"Letter", "L"},
    {"Letter_Number", "Nl"},
    {"Line_Separator", "Zl"},
    {"Lowercase_Letter", "Ll"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Math_Symbol", "Sm"},
    {"Modifier_Letter", "Lm"},
    {"Modifier_Symbol", "Sk"},
    {"Nonspacing_Mark", "Mn"},
    {"Number", "N"},
    {"Open_Punctuation", "Ps"},
    {"Other", "C"},
    {"Other_Letter", "Lo"},
    {"Other_Number", "No"},
    {"Other_Punctuation", "Po"},
    {"Other_Symbol", "So"},
    {"Paragraph_Separator", "Zp"},
    {"Private_Use", "Co"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Spacing_Mark", "Mc"},
    {"Surrogate", "Cs"},
    {"Symbol", "S"},
    {"Titlecase_Letter", "Lt"},
    {"Unassigned", "Cn"},
    {"Uppercase_Letter", "Lu"},
};

/* The lists are of words between spaces.  Those in PCRE2 10.42, by the names
 * that it has too: */
static const char binary[] =
    " AHex ASCII_Hex_Digit Alpha Alphabetic Any ASCII Bidi_C "
    "Bidi_Control Bidi_M Bidi_Mirrored CI Case_Ignorable Cased CWCF "
    "Changes_When_Casefolded CWCM Changes_When_Casemapped CWL "
    "Changes_When_Lowercased CWT Changes_When_Titlecased CWU "
    "Changes_When_Uppercased DI Default_Ignorable_Code_Point Dash "
    "Dep Deprecated Dia Diacritic Emoji EComp Emoji_Component EMod "
    "Emoji_Modifier EBase Emoji_Modifier_Base EPres "
    "Emoji_Presentation ExtPict Extended_Pictographic Ext Extender "
    "Gr_Base Grapheme_Base Gr_Ext Grapheme_Extend Hex Hex_Digit IDC "
    "ID_Continue IDS ID_Start Ideo Ideographic IDSB "
    "IDS_Binary_Operator IDST IDS_Trinary_Operator Join_C "
    "Join_Control LOE Logical_Order_Exception Lower Lowercase Math "
    "NChar Noncharacter_Code_Point Pat_Syn Pattern_Syntax Pat_WS "
    "Pattern_White_Space QMark Quotation_Mark Radical RI "
    "Regional_Indicator STerm Sentence_Terminal SD Soft_Dotted Term "
    "Terminal_Punctuation UIdeo Unified_Ideograph Upper Uppercase VS "
    "Variation_Selector space White_Space XIDC XID_Continue XIDS "
    "XID_Start ";
static const char scripts[] =
    " Adlam Adlm Aghb Ahom Anatolian_Hieroglyphs Arab Arabic "
    "Armenian Armi Armn Avestan Avst Bali Balinese Bamu Bamum Bass "
    "Bassa_Vah Batak Batk Beng Bengali Bhaiksuki Bhks Bopo Bopomofo "
    "Brah Brahmi Brai Braille Bugi Buginese Buhd Buhid Cakm "
    "Canadian_Aboriginal Cans Cari Carian Caucasian_Albanian Chakma "
    "Cham Cher Cherokee Chorasmian Chrs Common Copt Coptic Cpmn Cprt "
    "Cuneiform Cypriot Cypro_Minoan Cyrillic Cyrl Deseret Deva "
    "Devanagari Diak Dives_Akuru Dogr Dogra Dsrt Dupl Duployan Egyp "
    "Egyptian_Hieroglyphs Elba Elbasan Elym Elymaic Ethi Ethiopic "
    "Geor Georgian Glag Glagolitic Gong Gonm Goth Gothic Gran "
    "Grantha Greek Grek Gujarati Gujr Gunjala_Gondi Gurmukhi Guru "
    "Han Hang Hangul Hani Hanifi_Rohingya Hano Hanunoo Hatr Hatran "
    "Hebr Hebrew Hira Hiragana Hluw Hmng Hmnp Hung Imperial_Aramaic "
    "Inherited Inscriptional_Pahlavi Inscriptional_Parthian Ital "
    "Java Javanese Kaithi Kali Kana Kannada Katakana Kayah_Li Khar "
    "Kharoshthi Khitan_Small_Script Khmer Khmr Khoj Khojki Khudawadi "
    "Kits Knda Kthi Lana Lao Laoo Latin Latn Lepc Lepcha Limb Limbu "
    "Lina Linb Linear_A Linear_B Lisu Lyci Lycian Lydi Lydian "
    "Mahajani Mahj Maka Makasar Malayalam Mand Mandaic Mani "
    "Manichaean Marc Marchen Masaram_Gondi Medefaidrin Medf "
    "Meetei_Mayek Mend Mende_Kikakui Merc Mero Meroitic_Cursive "
    "Meroitic_Hieroglyphs Miao Mlym Modi Mong Mongolian Mro Mroo "
    "Mtei Mult Multani Myanmar Mymr Nabataean Nand Nandinagari Narb "
    "Nbat New_Tai_Lue Newa Nko Nkoo Nshu Nushu "
    "Nyiakeng_Puachue_Hmong Ogam Ogham Ol_Chiki Olck Old_Hungarian "
    "Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian "
    "Old_South_Arabian Old_Turkic Old_Uyghur Oriya Orkh Orya Osage "
    "Osge Osma Osmanya Ougr Pahawh_Hmong Palm Palmyrene Pau_Cin_Hau "
    "Pauc Perm Phag Phags_Pa Phli Phlp Phnx Phoenician Plrd Prti "
    "Psalter_Pahlavi Qaac Qaai Rejang Rjng Rohg Runic Runr Samaritan "
    "Samr Sarb Saur Saurashtra Sgnw Sharada Shavian Shaw Shrd Sidd "
    "Siddham SignWriting Sind Sinh Sinhala Sogd Sogdian Sogo Sora "
    "Sora_Sompeng Soyo Soyombo Sund Sundanese Sylo Syloti_Nagri Syrc "
    "Syriac Tagalog Tagb Tagbanwa Tai_Le Tai_Tham Tai_Viet Takr "
    "Takri Tale Talu Tamil Taml Tang Tangsa Tangut Tavt Telu Telugu "
    "Tfng Tglg Thaa Thaana Thai Tibetan Tibt Tifinagh Tirh Tirhuta "
    "Tnsa Toto Ugar Ugaritic Unknown Vai Vaii Vith Vithkuqi Wancho "
    "Wara Warang_Citi Wcho Xpeo Xsux Yezi Yezidi Yi Yiii "
    "Zanabazar_Square Zanb Zinh Zyyy Zzzz ";
/* and those that are not. */
static const char beyond_binary[] = " CWKCF Changes_When_NFKC_Casefolded ";
static const char beyond_scripts[] =
    " Berf Beria_Erfe Gara Garay Gukh Gurung_Khema Kawi Kirat_Rai "
    "Krai Nag_Mundari Nagm Ol_Onal Onao Sidetic Sidt Sunu Sunuwar "
    "Tai_Yo Tayo Todhri Todr Tulu_Tigalari Tutg ";

/* Is the word of n bytes in the list? */
static bool
has(const char *list, const char *word, size_t n)
{
	const char *s = list;

	if (n == 0 || memchr(word, ' ', n) || memchr(word, '\0', n))
		return false;
	while ((s = strchr(s, ' ')) && s[1]) {
		s++;
		if (strncmp(s, word, n) == 0 && s[n] == ' ')
			return true;
	}
	return false;
}

/* The short name, or NULL. */
static const char *
find_category(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(categories) / sizeof(*categories); i++) {
		const struct category *c = &categories[i];

		if ((strlen(c->name) == n && memcmp(c->name, s, n) == 0) ||
		    (strlen(c->brief) == n && memcmp(c->brief, s, n) == 0))
			return c->brief;
	}
	return NULL;
}

static bool
is_any_of(const char *s, size_t n, const char *brief, const char *name)
{
	return (strlen(brief) == n && memcmp(s, brief, n) == 0) ||
	       (strlen(name) == n && memcmp(s, name, n) == 0);
}

static bool
add_category(const char *s, size_t n, struct buf *out)
{
	const char *brief = find_category(s, n);

	if (!brief)
		return false;
	buf_adds(out, strcmp(brief, "LC") == 0 ? "L&" : brief);
	return true;
}

/* Name=Value. */
static bool
add_pair(const char *s, size_t n, const char *value, size_t value_len,
    struct buf *out, bool *is_known)
{
	bool is_extension = is_any_of(s, n, "scx", "Script_Extensions");

	if (is_any_of(s, n, "gc", "General_Category"))
		return add_category(value, value_len, out);
	if (!is_extension && !is_any_of(s, n, "sc", "Script"))
		return false;
	*is_known = !has(beyond_scripts, value, value_len);
	buf_adds(out, is_extension ? "scx:" : "sc:");
	buf_add(out, value, value_len);
	return !*is_known || has(scripts, value, value_len);
}

bool
ecma_property(const char *text, size_t n, struct buf *out, bool *is_inverse,
    bool *is_known)
{
	const char *equals = memchr(text, '=', n);

	*is_known = true;
	if (equals)
		return add_pair(text, (size_t)(equals - text), equals + 1,
		    n - (size_t)(equals + 1 - text), out, is_known);
	if (add_category(text, n, out))
		return true;
	if (n == 8 && memcmp(text, "Assigned", 8) == 0) {
		*is_inverse = !*is_inverse;
		buf_adds(out, "Cn");
		return true;
	}
	*is_known = !has(beyond_binary, text, n);
	buf_add(out, text, n);
	return !*is_known || has(binary, text, n);
}
