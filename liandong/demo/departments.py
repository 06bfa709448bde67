"""The demo district's departments and the bureaux every town has, with the kind of force each one holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Office:
    """A department or bureau; ``force`` is service, management or enforcement."""

    name: str
    name_en: str
    force: str


# Numbered D01, D02 … in this order.
DEPARTMENTS = (
    Office("公安分局", "Public Security Sub-bureau", "enforcement"),
    Office("城市管理行政执法局", "Urban Management and Law Enforcement Bureau", "enforcement"),
    Office("市场监督管理局", "Market Regulation Bureau", "enforcement"),
    Office("卫生健康委员会", "Health Commission", "enforcement"),
    Office("生态环境局", "Ecology and Environment Bureau", "enforcement"),
    Office("住房和城乡建设管理委员会", "Housing and Construction Commission", "enforcement"),
    Office("交通委员会", "Transport Commission", "enforcement"),
    Office("水务局", "Water Bureau", "enforcement"),
    Office("绿化和市容管理局", "Greenery and City Appearance Bureau", "management"),
    Office("应急管理局", "Emergency Management Bureau", "enforcement"),
    Office("人力资源和社会保障局", "Human Resources and Social Security Bureau", "enforcement"),
    Office("教育局", "Education Bureau", "management"),
    Office("民政局", "Civil Affairs Bureau", "service"),
    Office("消防救援支队", "Fire and Rescue Brigade", "enforcement"),
    Office("房屋管理局", "Housing Administration Bureau", "management"),
    Office("规划和自然资源局", "Planning and Natural Resources Bureau", "enforcement"),
    Office("农业农村委员会", "Agriculture and Rural Affairs Commission", "enforcement"),
    Office("文化和旅游局", "Culture and Tourism Bureau", "enforcement"),
    Office("体育局", "Sports Bureau", "service"),
    Office("司法局", "Justice Bureau", "management"),
    Office("财政局", "Finance Bureau", "management"),
    Office("税务局", "Tax Bureau", "enforcement"),
    Office("商务委员会", "Commerce Commission", "management"),
    Office("经济和信息化委员会", "Economy and Information Commission", "management"),
    Office("发展和改革委员会", "Development and Reform Commission", "management"),
    Office("医疗保障局", "Medical Insurance Bureau", "management"),
    Office("退役军人事务局", "Veterans Affairs Bureau", "service"),
    Office("信访办公室", "Letters and Visits Office", "management"),
    Office("民族和宗教事务办公室", "Ethnic and Religious Affairs Office", "management"),
    Office("国有资产监督管理委员会", "State Assets Commission", "management"),
    Office("统计局", "Statistics Bureau", "management"),
    Office("审计局", "Audit Bureau", "management"),
    Office("数据局", "Data Bureau", "management"),
    Office("机关事务管理局", "Government Offices Administration", "service"),
    Office("政务服务办公室", "Government Services Office", "service"),
    Office("民防办公室", "Civil Defence Office", "management"),
    Office("城市网格化综合管理中心", "Urban Grid Management Centre", "management"),
    Office("烟草专卖局", "Tobacco Monopoly Bureau", "enforcement"),
    Office("气象局", "Meteorological Bureau", "service"),
    Office("邮政管理局", "Postal Bureau", "management"),
    Office("供电公司", "Power Supply Company", "service"),
    Office("燃气公司", "Gas Company", "service"),
    Office("自来水公司", "Water Supply Company", "service"),
    Office("排水管理所", "Drainage Office", "service"),
    Office("通信设施管理处", "Telecom Facilities Office", "service"),
    Office("公共交通公司", "Public Transport Company", "service"),
    Office("市政养护中心", "Municipal Maintenance Centre", "service"),
    Office("环境卫生服务中心", "Sanitation Service Centre", "service"),
    Office("总工会", "Federation of Trade Unions", "service"),
    Office("妇女联合会", "Women's Federation", "service"),
    Office("残疾人联合会", "Disabled Persons' Federation", "service"),
    Office("红十字会", "Red Cross Society", "service"),
)

# Each town has these six; B001 is the first of town 01.
BUREAUX = (
    Office("计生办", "Family Planning Office", "management"),
    Office("城管中队", "Urban Management Squad", "enforcement"),
    Office("市场监管所", "Market Regulation Station", "enforcement"),
    Office("综治办", "Public Order Office", "management"),
    Office("社区事务中心", "Community Affairs Centre", "service"),
    Office("规建办", "Planning and Construction Office", "management"),
)

# Departments with an office of their own in every town; O001 is the police station of town 01.
LOCAL_OFFICES = {
    "D01": Office("派出所", "Police Station", "enforcement"),
    "D15": Office("房管所", "Housing Office", "management"),
}

# Industry bodies of mediation and the departments they stand below.
MEDIATION_BODIES = {
    "D01": Office("交通事故损害赔偿纠纷人民调解委员会", "Traffic Accident Mediation Committee", "service"),
    "D03": Office("消费纠纷人民调解委员会", "Consumer Mediation Committee", "service"),
    "D04": Office("医患纠纷人民调解委员会", "Medical Mediation Committee", "service"),
    "D11": Office("劳动争议人民调解委员会", "Labour Mediation Committee", "service"),
    "D15": Office("物业管理纠纷人民调解委员会", "Property Management Mediation Committee", "service"),
    "D20": Office("联合人民调解委员会", "Joint Mediation Committee", "service"),
}

# Each town has these eight teams of assistants: six used by the stations, two on the street.
TEAMS = (
    Office("就业援助队", "Employment Aid Team", "service"),
    Office("社区助残队", "Disability Aid Team", "service"),
    Office("房屋协管队", "Housing Assistants", "service"),
    Office("社区保安队", "Community Guards", "service"),
    Office("综合协管队", "General Assistants", "service"),
    Office("公共文化服务队", "Public Culture Team", "service"),
    Office("市容环境协管队", "City Appearance Assistants", "service"),
    Office("治安辅助巡逻队", "Auxiliary Patrol", "service"),
)
