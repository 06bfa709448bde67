"""What Open311 refuses: 404 for what is missing, 403 for the key, 400 for everything else about a request."""

from __future__ import annotations

from liandong.kernel.refusal import Refusal, marked


class AddressUnknown(Refusal):
    """No such resource, or no such format of it."""

    status = 404
    says = marked("没有这个 Open311 地址。")
    remedy = marked("地址以 .xml 或 .json 结尾，详见 /open311/discovery.xml。")


class JurisdictionUnknown(Refusal):
    """A jurisdiction that is not served here."""

    status = 404
    says = marked("没有 jurisdiction_id 为“%(code)s”的辖区。")
    remedy = marked("jurisdiction_id 是区代码，有效取值：%(known)s。")


class JurisdictionMissing(Refusal):
    """Several jurisdictions are served, and none was named."""

    status = 400
    says = marked("缺少 jurisdiction_id。")
    remedy = marked("本端点服务多个辖区，请写明其一：%(known)s。")


class ServiceCodeMissing(Refusal):
    """A report without its class."""

    status = 400
    says = marked("缺少 service_code。")
    remedy = marked("请从 services 中选择一个 service_code。")


class ServiceCodeUnknown(Refusal):
    """A class that does not exist, or is not open to the public."""

    status = 404
    says = marked("没有 service_code 为“%(code)s”的服务。")
    remedy = marked("请从 services 中选择一个 service_code。")


class RequestUnknown(Refusal):
    """A report that does not exist, or is not public."""

    status = 404
    says = marked("没有编号为“%(number)s”的公开案件。")
    remedy = marked("请核对 service_request_id；不公开的案件同样显示为不存在。")


class TokenUnknown(Refusal):
    """A token that was never given out."""

    status = 404
    says = marked("没有这个 token。")
    remedy = marked("请原样使用提交报告时得到的 token。")


class ApiKeyMissing(Refusal):
    """A report without a key."""

    status = 403
    says = marked("缺少 api_key。")
    remedy = marked("提交报告须有密钥，由管理员发放。")


class ApiKeyInvalid(Refusal):
    """A report with a key that is wrong, old, revoked, or not for writing."""

    status = 403
    says = marked("api_key 无效、已停用，或不能用于提交报告。")
    remedy = marked("请核对密钥，或请管理员重新发放。")


class LocationMissing(Refusal):
    """A report without a word of where."""

    status = 400
    says = marked("缺少位置。")
    remedy = marked("请给出 lat 与 long，或 address_string，或 address_id。")


class CoordinatesInvalid(Refusal):
    """One coordinate without the other, or one that is no number."""

    status = 400
    says = marked("lat 与 long 须同时给出，且为十进制度数（WGS-84）。")
    remedy = marked("例如 lat=31.012&long=121.415。")


class AddressIdUnknown(Refusal):
    """An address id that is no area of the jurisdiction."""

    status = 400
    says = marked("没有代码为“%(code)s”的区域。")
    remedy = marked("address_id 是区域代码；不清楚时请用 address_string。")


class DescriptionTooLong(Refusal):
    """A description longer than the specification allows."""

    status = 400
    says = marked("description 有 %(length)s 字，最多 %(longest)s 字。")
    remedy = marked("请缩短描述后重新提交。")


class FieldTooLong(Refusal):
    """A field longer than it can mean anything."""

    status = 400
    says = marked("%(name)s 最多 %(longest)s 字。")
    remedy = marked("请缩短后重新提交。")


class MediaUrlInvalid(Refusal):
    """A media_url that is no web address."""

    status = 400
    says = marked("media_url 不是有效的网址。")
    remedy = marked("请给出以 http:// 或 https:// 开头的完整网址。")


class AttributeMissing(Refusal):
    """A required attribute was not answered."""

    status = 400
    says = marked("缺少必填的 attribute：%(names)s。")
    remedy = marked("请按服务定义以 attribute[代码]=值 给出。")


class AttributeUnknown(Refusal):
    """An attribute that the service does not have."""

    status = 400
    says = marked("服务“%(code)s”没有 attribute：%(names)s。")
    remedy = marked("请按服务定义（services/<service_code>）给出 attribute。")


class AttributeInvalid(Refusal):
    """An answer of the wrong kind, or outside its list."""

    status = 400
    says = marked("attribute“%(name)s”的值“%(value)s”无效。")
    remedy = marked("该项的类型为 %(datatype)s，有效取值见服务定义。")


class DateInvalid(Refusal):
    """A time that is none."""

    status = 400
    says = marked("%(name)s 的值“%(value)s”不是有效的时间。")
    remedy = marked("请使用 W3C 格式并注明时区，例如 2026-03-02T09:30:00+08:00。")


class SpanTooLong(Refusal):
    """A search over more than the specification allows, or backwards."""

    status = 400
    says = marked("start_date 与 end_date 之间不得超过 %(days)s 天，且 start_date 不得晚于 end_date。")
    remedy = marked("请分段查询。")


class StatusUnknown(Refusal):
    """A status besides open and closed."""

    status = 400
    says = marked("status“%(status)s”无效。")
    remedy = marked("有效取值：open、closed，可用逗号并列。")


class PageInvalid(Refusal):
    """A page number or size out of range."""

    status = 400
    says = marked("page 或 page_size 无效。")
    remedy = marked("page 从 1 开始，page_size 为 1 至 %(longest)s。")


class TooManyNumbers(Refusal):
    """More numbers in one question than rows in one answer."""

    status = 400
    says = marked("一次最多查询 %(longest)s 个 service_request_id。")
    remedy = marked("请分批查询。")


class TooManyFiles(Refusal):
    """More files with one request than it takes."""

    status = 400
    says = marked("一次最多附 %(most)s 个文件。")
    remedy = marked("请挑选最能说明问题的几个，用字段 media 上传。")


class TextUnreadable(Refusal):
    """A text in another encoding than the request says."""

    status = 400
    says = marked("%(name)s 的编码与请求声明的不符，无法识别。")
    remedy = marked("请以 UTF-8 提交，或在 Content-Type 中如实写明 charset（如 GBK）。")


class BoxInvalid(Refusal):
    """A bbox that is no box."""

    status = 400
    says = marked("bbox“%(value)s”无效。")
    remedy = marked("请依次给出西、南、东、北四个十进制度数（WGS-84），例如 bbox=121.40,31.00,121.45,31.05。")


class CircleInvalid(Refusal):
    """A circle without its middle, or with a radius nobody can mean."""

    status = 400
    says = marked("lat、long、radius 不构成有效的范围。")
    remedy = marked("lat 与 long 为 WGS-84 十进制度数，radius 为 1 至 %(longest)s 米，不填为 %(usual)s 米。")


class UpdateIncomplete(Refusal):
    """An update that does not say about which request, or nothing at all."""

    status = 400
    says = marked("更新须有 service_request_id、update_id 与 description。")
    remedy = marked("update_id 是贵方的编号，一天内重复提交只记一次。")


class UpdateStatusUnknown(Refusal):
    """A status that an update cannot bring."""

    status = 400
    says = marked("更新的 status“%(status)s”无效。")
    remedy = marked("有效取值：open、closed 或留空；open 表示报告人认为问题仍在。")
