/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What names say by themselves, in English, Chinese and pinyin: the class of a column (JR/T
 * 0171-2020: C3 authentication data, C2 identity, contact, account and means, C1 the rest of
 * personal financial data), the fields of a sign-in form, session cookies, and the nouns of people
 * and what they hold.
 */
#include "assets/inventory.h"

enum { NAME_MAX_LEN = 64 };

/* How a word must stand in the name (lower case, without separators). */
enum how { WHOLE, ANYWHERE, AT_END };

struct column_word {
    uint8_t class;
    enum how how;
    const char *word;
};

/* The first that holds decides. */
static const struct column_word column_words[] = {
    {0, WHOLE, "username"},
    {0, ANYWHERE, "filename"},
    {0, ANYWHERE, "tablename"},
    {0, ANYWHERE, "ipaddr"},
    {0, ANYWHERE, "macaddr"},
    {0, WHOLE, "hostname"},
    {3, ANYWHERE, "password"},
    {3, ANYWHERE, "passwd"},
    {3, AT_END, "pwd"},
    {3, ANYWHERE, "passphrase"},
    {3, WHOLE, "pin"},
    {3, AT_END, "pincode"},
    {3, ANYWHERE, "cvv"},
    {3, ANYWHERE, "cvc"},
    {3, ANYWHERE, "track2"},
    {3, ANYWHERE, "fingerprint"},
    {3, ANYWHERE, "faceimage"},
    {3, ANYWHERE, "facefeature"},
    {3, ANYWHERE, "biometric"},
    {3, ANYWHERE, "voiceprint"},
    {3, ANYWHERE, "secretanswer"},
    {3, ANYWHERE, "mima"},
    {3, ANYWHERE, "密码"},
    {3, ANYWHERE, "口令"},
    {3, ANYWHERE, "指纹"},
    {3, ANYWHERE, "人脸"},
    {2, ANYWHERE, "idcard"},
    {2, WHOLE, "idno"},
    {2, ANYWHERE, "idnumber"},
    {2, ANYWHERE, "certno"},
    {2, ANYWHERE, "identityno"},
    {2, ANYWHERE, "identitycard"},
    {2, ANYWHERE, "nationalid"},
    {2, ANYWHERE, "passport"},
    {2, WHOLE, "ssn"},
    {2, ANYWHERE, "taxid"},
    {2, ANYWHERE, "sfz"},
    {2, ANYWHERE, "shenfenzheng"},
    {2, ANYWHERE, "身份证"},
    {2, ANYWHERE, "证件"},
    {2, ANYWHERE, "phone"},
    {2, ANYWHERE, "mobile"},
    {2, WHOLE, "tel"},
    {2, AT_END, "telno"},
    {2, ANYWHERE, "msisdn"},
    {2, ANYWHERE, "shouji"},
    {2, ANYWHERE, "dianhua"},
    {2, ANYWHERE, "手机"},
    {2, ANYWHERE, "电话"},
    {2, ANYWHERE, "email"},
    {2, WHOLE, "mail"},
    {2, ANYWHERE, "邮箱"},
    {2, ANYWHERE, "bankcard"},
    {2, ANYWHERE, "cardno"},
    {2, ANYWHERE, "cardnumber"},
    {2, WHOLE, "pan"},
    {2, ANYWHERE, "iban"},
    {2, ANYWHERE, "accountno"},
    {2, ANYWHERE, "accountnumber"},
    {2, ANYWHERE, "acctno"},
    {2, ANYWHERE, "银行卡"},
    {2, ANYWHERE, "卡号"},
    {2, ANYWHERE, "账号"},
    {2, ANYWHERE, "balance"},
    {2, ANYWHERE, "余额"},
    {2, ANYWHERE, "salary"},
    {2, ANYWHERE, "income"},
    {2, ANYWHERE, "收入"},
    {2, ANYWHERE, "creditscore"},
    {2, ANYWHERE, "creditlimit"},
    {2, ANYWHERE, "address"},
    {2, AT_END, "addr"},
    {2, ANYWHERE, "dizhi"},
    {2, ANYWHERE, "地址"},
    {2, WHOLE, "name"},
    {2, AT_END, "fullname"},
    {2, AT_END, "firstname"},
    {2, AT_END, "lastname"},
    {2, AT_END, "realname"},
    {2, AT_END, "custname"},
    {2, AT_END, "customername"},
    {2, AT_END, "clientname"},
    {2, AT_END, "surname"},
    {2, ANYWHERE, "xingming"},
    {2, ANYWHERE, "姓名"},
    {2, ANYWHERE, "birth"},
    {2, WHOLE, "dob"},
    {2, ANYWHERE, "生日"},
    {1, WHOLE, "gender"},
    {1, WHOLE, "sex"},
    {1, WHOLE, "age"},
    {1, ANYWHERE, "marital"},
    {1, ANYWHERE, "education"},
    {1, ANYWHERE, "occupation"},
    {1, ANYWHERE, "employer"},
    {1, ANYWHERE, "overdue"},
    {1, ANYWHERE, "loanamount"},
    {1, ANYWHERE, "principal"},
    {1, ANYWHERE, "repayment"},
    {1, ANYWHERE, "性别"},
    {1, ANYWHERE, "职业"},
    {1, ANYWHERE, "逾期"},
};

/* Lower case, without '_', '-', '.', ' '; what does not fit is cut. */
static struct slice folded(struct slice name, uint8_t *to)
{
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < NAME_MAX_LEN; i++) {
        uint8_t c = name.ptr[i];
        if (c == '_' || c == '-' || c == '.' || c == ' ')
            continue;
        to[n++] = c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
    }
    return slice_make(to, n);
}

static bool stands(struct slice name, struct slice word, enum how how)
{
    if (how == WHOLE)
        return slice_equal(name, word);
    if (how == AT_END)
        return slice_ends(name, word);
    return name.len >= word.len && memmem(name.ptr, name.len, word.ptr, word.len) != NULL;
}

uint8_t words_column_class(struct slice column)
{
    uint8_t bytes[NAME_MAX_LEN];
    struct slice name = folded(column, bytes);
    for (size_t i = 0; i < sizeof column_words / sizeof *column_words; i++)
        if (stands(name, slice_from(column_words[i].word), column_words[i].how))
            return column_words[i].class;
    return 0;
}

static bool any_of(const char *const *words, size_t count, struct slice name)
{
    uint8_t bytes[NAME_MAX_LEN];
    struct slice text = folded(name, bytes);
    for (size_t i = 0; i < count && text.len > 0; i++)
        if ((uint8_t)words[i][0] == text.ptr[0] && slice_equal(text, slice_from(words[i])))
            return true;
    return false;
}

#define ANY_OF(words, name) any_of((words), sizeof(words) / sizeof *(words), (name))

bool words_user_field(struct slice field)
{
    static const char *const words[] = {
        "username",  "user",       "userid",     "login",       "loginid", "loginname",
        "jusername", "email",      "account",    "accountname", "uid",     "uname",
        "usr",       "operator",   "workno",     "employeeid",  "staffid", "mobile",
        "phone",     "identifier", "yonghuming", "用户名",      "账号",    "工号"};
    return ANY_OF(words, field);
}

bool words_password_field(struct slice field)
{
    static const char *const words[] = {"password",  "passwd",       "pwd",           "pass",
                                        "jpassword", "userpassword", "loginpassword", "secret",
                                        "pin",       "mima",         "密码"};
    return ANY_OF(words, field);
}

bool words_session_cookie(struct slice cookie)
{
    static const char *const whole[] = {"sid",  "connectsid", "jwt",         "token",
                                        "auth", "authtoken",  "accesstoken", "ticket"};
    uint8_t bytes[NAME_MAX_LEN];
    struct slice name = folded(cookie, bytes);
    return stands(name, SLICE("sess"), ANYWHERE) || ANY_OF(whole, cookie);
}

static const char *const holder_words[] = {
    "customer", "client",   "user",         "member",     "borrower", "applicant",  "debtor",
    "patient",  "person",   "people",       "contact",    "consumer", "subscriber", "lead",
    "tenant",   "guest",    "policyholder", "cardholder", "profile",  "account",    "loan",
    "card",     "contract", "application",  "policy",     "claim",    "case",       "party",
    "cust",     "kehu",     "yonghu",       "huiyuan",    "jiekuan"};

bool words_holder(struct slice noun)
{
    uint8_t bytes[NAME_MAX_LEN];
    struct slice name = folded(noun, bytes);
    if (ANY_OF(holder_words, name))
        return true;
    return name.len > 1 && name.ptr[name.len - 1] == 's' &&
           ANY_OF(holder_words, slice_part(name, 0, name.len - 1));
}

void words_holders(void (*each)(void *context, struct slice noun), void *context)
{
    for (size_t i = 0; i < sizeof holder_words / sizeof *holder_words; i++)
        each(context, slice_from(holder_words[i]));
}

static bool same_letter(uint8_t a, uint8_t b)
{
    return slice_equal_nocase(slice_make(&a, 1), slice_make(&b, 1));
}

bool words_glob(struct slice pattern, struct slice text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, from = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.len &&
                   (pattern.ptr[p] == '?' || same_letter(pattern.ptr[p], text.ptr[t]))) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}
