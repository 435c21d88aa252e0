"""Words that any profile may hold: shared, they say nothing of a pair."""

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

_ENGLISH = """
able active aim aims also approach area areas around available based best better big bring brings build building builds built
business businesses capital client clients come comes common companies company complete consist core current customer
customers day days deliver delivers deploy deployed design designed develop developed developing development develops different
early easy end engineer engineers enterprise enterprises existing experience experienced expert fast faster field fifth firm
firms focus focused focuses founded fourth full fund funds global go goes good great group grow growing growth half hand hands
headquartered help helped helping helps high hour hours industry innovation innovative integrated invest investing investment
investments investor investors just key large larger largest late later lead leading less level like line lines local long low
main mainly make makes making management manager market markets medium member members million minute minutes model month months
need needs new now number offer offered offering offers old one open operate operates operation operations order orders own
owner owners partner partners people place places plan plant plants platform platforms point points portfolio product products
professional project projects provide provided provider providers provides quality quick quickly raise raised raises raising
range rate reach ready real reduce reduces reduced research result results revenue round rounds run running runs sale sales
sector sectors seek seeks sell sells serve served serves service services set short site sites size small smaller smart solution
solutions special specialised specialises specialists staff stage standard start started start-up start-ups state step strong
supplier suppliers supply support supported supports system systems take takes team teams technical technologies technology
terms texts thing things time times today tool tools top total turn turnover two type types unit unlike use used user users uses
using value various venture want wants way ways week weeks well wide work working works world year years young
"""
_CHINESE = """
一个 一些 一体 一体化 一定 一家 一种 一站 一站式 一套 一批 一直 一般 一起 三个 上下 上市 上游 下游 不仅 不同 不断 世界 业内 业务 两个 两天 两成
为主 为主导 主导 主要 之一 之间 之后 之前 之内 之外 也是 产业 产品 人员 人才 什么 今年 今天 介绍 以上 以下 以及 以来 以内 价值 企业 优势 优质
优秀 传统 伙伴 位于 低成本 使用 供应 供应商 保证 保障 倍 做到 先进 先行 全国 全球 全部 全面 公司 公里 共同 关于 关键 其中 其他 具备 具有 内部
再次 减少 几个 分别 分析 分为 创业 创始 创始人 创新 利用 到位 制造 前沿 加上 加入 加快 加速 努力 包括 包含 十余 升级 单位 单个 占比 厂商 去年
参与 发展 发布 取得 受到 只需 只要 可以 可靠 合作 合作伙伴 同时 后续 吸引 周期 员工 品牌 品质 商业 团队 围绕 国内 国内外 国家 国际 团体 在内
地区 城市 基于 基础 基金 增加 增长 处于 多个 多年 多种 大型 大量 大学 大规模 好 如何 妥善 始终 存在 学院 完全 完善 完成 完整 客户 实现 实际
实施 实用 宣布 对于 导致 专业 专家 专门 专注 小型 小时 少于 就是 属于 工作 工厂 工程 工程师 差异 已经 市场 希望 帮助 平均 平台 年度 广泛 应用
建立 建设 开发 开始 开展 开放 形成 影响 很多 得到 快速 总部 总部位于 成为 成功 成本 成立 成立于 成熟 我们 战略 所有 所在 手段 才能 打造 执行
技术 投入 投后 投资 投资人 投资者 拥有 持续 按照 推出 推动 推广 提供 提供商 提供者 提升 提速 提高 支持 收入 改善 改造 效率 效果 整个 整体 数字
数百 数量 新 新型 新一代 方向 方式 方案 方面 无需 早期 时间 明显 更加 更多 最大 最终 有效 有限 有限公司 服务 服务商 服务供应商 未来 本地 机会 机制
机构 材料 来自 查看 标准 核心 根据 模式 模型 次数 此外 正在 毕业 水平 沟通 没有 注册 流程 深入 深度 深耕 渠道 满足 点 特别 独立 独特 现场 现在
现有 理解 环节 生产 用于 用户 由于 盈利 目前 目标 直接 相关 相比 省内 看好 知名 研发 研究 研究院 确保 社会 科技 科研 称为 积累 程度 稳定 立足 竞争
第一 第三 第二 等等 管理 类型 系列 系统 累计 细分 经历 经营 经验 结合 结构 综合 维护 缩短 考虑 而且 能力 能够 自主 自己 自有 致力 致力于 获得
融资 行业 规模 要求 覆盖 解决 解决方案 解析 计划 认为 认可 设有 设立 设计 评估 负责 负责人 质量 资本 资源 资金 超过 跨行 轮 较 较高 达到 过去
过程 运行 运营 进入 进行 进一步 连续 逐步 通过 通常 这些 这个 适合 适用 选择 部分 部署 配套 重点 重要 链条 长期 降低 随着 集团 集成商 需求 需要
非常 面向 项目 领先 领域 顾问 首家 首批 高 高效 高端 高级 高质量
"""
GENERIC = frozenset(ENGLISH_STOP_WORDS.union(_ENGLISH.split(), _CHINESE.split()))
